import { run } from './run.ts';

// No `await` here: the bundle is a CommonJS module.
void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
