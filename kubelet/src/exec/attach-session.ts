import type { ExecOptions, ExecSession } from '@kubarium/shared';
import { PassThrough } from 'node:stream';
import type { ContainerInstance } from '../container-instance.ts';

/**
 * Joins the streams of a container's first process: its output from now on, and its input where the container takes any
 * (`stdin: true`). With `stdinOnce` the input ends with the first client that closes it. How the process ended is told by the pod's
 * status alone: the session's own exit code is 0.
 */
export function attachSession(
  instance: ContainerInstance,
  options: Omit<ExecOptions, 'command'>,
  stdinOnce: boolean,
): ExecSession {
  const { streams } = instance;
  const isTerminal = streams.terminal !== undefined;
  const stdout = options.stdout ? new PassThrough() : undefined;
  const stderr = options.stderr && !isTerminal ? new PassThrough() : undefined;
  const tap = streams.tap((stream, chunk) => void (stream === 'stdout' ? stdout : stderr)?.write(chunk));
  const stdin = options.stdin && streams.stdin !== undefined ? new PassThrough() : undefined;
  stdin?.pipe(streams.stdin!, { end: stdinOnce });
  const detach = (): void => {
    tap[Symbol.dispose]();
    stdin?.unpipe();
    stdout?.end();
    stderr?.end();
  };
  const exit = instance.running!.exit.then(() => {
    detach();
    return 0;
  });
  return {
    stdin,
    stdout,
    stderr,
    resize: (columns, rows) => streams.terminal?.resize(columns, rows),
    exit,
    close() {
      if (stdinOnce) stdin?.end();
      detach();
    },
  };
}
