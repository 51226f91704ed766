import { run } from './run.ts';

/** The `kubarium` command: runs what the command line says, and sets the exit code. */
export function main(): void {
  // Who closes the pipe (`kubarium test ... | head -1`) wants to read no more; the command is still done, and its exit code still tells.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  void run(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
