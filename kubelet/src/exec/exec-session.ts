import type { ExecOptions, ExecSession } from '@kubarium/shared';
import { PassThrough } from 'node:stream';
import type { Container as RunningContainer } from '../container/container.ts';
import { ResizableTerminal } from '../container/container-streams.ts';
import { SpawnError } from '../container/process.ts';

/** Runs a command in a container, with its streams. A program that cannot be started is told on the error stream, with 126 or 127. */
export async function execSession(running: RunningContainer, options: ExecOptions): Promise<ExecSession> {
  const stdin = options.stdin ? new PassThrough() : undefined;
  const stdout = new PassThrough();
  const stderr = options.tty ? undefined : new PassThrough();
  const terminal = options.tty ? new ResizableTerminal() : undefined;
  const finish = (): void => {
    stdout.end();
    stderr?.end();
  };
  const session = {
    stdin,
    stdout: options.stdout || options.tty ? stdout : undefined,
    stderr: options.stderr ? stderr : undefined,
    resize: (columns: number, rows: number) => terminal?.resize(columns, rows),
  };
  // Nobody reads what was not asked for; the process must not wait for it.
  if (session.stdout === undefined) stdout.resume();
  if (session.stderr === undefined) stderr?.resume();
  try {
    const { trace } = options;
    const child = await running.exec(options.command, { stdin, stdout, stderr: stderr ?? stdout, terminal, trace });
    return {
      ...session,
      exit: child.exit.then((code) => {
        finish();
        return code;
      }),
      // As on a real node the command is not ended with its client; it sees the end of its input.
      close: () => {
        stdin?.end();
        stdout.resume();
        stderr?.resume();
        if (options.tty) child.kill('SIGHUP');
      },
    };
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    (stderr ?? stdout).write(
      `OCI runtime exec failed: exec failed: unable to start container process: ${error.message}: unknown${options.tty ? '\r' : ''}\n`,
    );
    finish();
    return { ...session, exit: Promise.resolve(error.exitCode), close: () => {} };
  }
}
