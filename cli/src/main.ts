import { run } from './run.ts';

// Who closes the pipe (`kubarium test ... | head -1`) wants to read no more; the command is still done, and its exit code still tells.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// No `await` here: the bundle is a CommonJS module.
void run(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
