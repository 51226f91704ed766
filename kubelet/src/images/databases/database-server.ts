import type { Connection } from '@kubarium/shared';
import type { Process, Program } from '../../container/process.ts';
import { parseImageReference } from '../image-reference.ts';

/** The version that the image's tag names (`8.0.36`, `16-alpine`), or the given one. */
export function versionOf(process: Process, latest: string): string {
  const tag = parseImageReference(process.pod.image)?.tag ?? '';
  return /^\d+(\.\d+)*/.exec(tag)?.[0] ?? latest;
}

/** Accepts connections until a signal asks the server to end; resolves with the exit code 0. */
export function serveUntilSignal(
  process: Process,
  port: number,
  accept: (connection: Connection) => void,
  onEnd: () => void,
): Promise<number> {
  return new Promise((resolve) => {
    const listener = process.network.listen({ port }, (connection) => {
      connection.on('error', () => connection.destroy()).on('end', () => connection.end());
      accept(connection);
    });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)
      process.onSignal(signal, () => {
        listener[Symbol.dispose]();
        onEnd();
        resolve(0);
      });
  });
}

/** Calls back with each message of a stream, once it is whole; `lengthOf` says how long it is, undefined while that is not known. */
export function onMessages(
  connection: Connection,
  lengthOf: (bytes: Buffer) => number | undefined,
  take: (message: Buffer) => void,
): void {
  let pending = Buffer.alloc(0);
  connection.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const length = lengthOf(pending);
      if (length === undefined || pending.length < length) return;
      const message = pending.subarray(0, length);
      pending = pending.subarray(length);
      take(message);
    }
  });
}

/** The images' `docker-entrypoint.sh`: arguments that begin with a dash are the server's, others a command of their own. */
export const entrypoint =
  (server: string): Program =>
  (process) => {
    const args = process.argv.slice(1);
    return process.replace(args[0]?.startsWith('-') === false ? args : [server, ...args], process.env);
  };
