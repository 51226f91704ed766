import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { internalError, StatusError, type ExecSession } from '@kubarium/shared';

/** The client's end of a command, whatever protocol carries it. */
export interface RemoteStreams {
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  /** Calls back for each size of the client's terminal. */
  onResize(callback: (columns: number, rows: number) => void): void;
  /** Calls back once when the client is gone. */
  onGone(callback: () => void): void;
  /** Says how it ended; nothing is written afterwards. */
  finish(status: object): void;
}

const SUCCESS = { metadata: {}, status: 'Success' };

/** Connects a command with its client until it ends or the client goes, and tells the client how it ended. */
export async function runRemoteCommand(
  session: ExecSession,
  streams: RemoteStreams,
  command: readonly string[],
): Promise<void> {
  let isGone = false;
  streams.onGone(() => {
    isGone = true;
    session.close();
  });
  streams.onResize((columns, rows) => session.resize(columns, rows));
  if (session.stdin !== undefined && streams.stdin !== undefined) {
    session.stdin.on('error', () => {});
    streams.stdin.pipe(session.stdin);
  }
  const outputs = [copied(session.stdout, streams.stdout), copied(session.stderr, streams.stderr)];
  let status: object;
  try {
    const code = await session.exit;
    await Promise.all(outputs);
    status = code === 0 ? SUCCESS : nonZeroExit(code, command);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    status = (error instanceof StatusError ? error : internalError(message)).status;
  }
  if (!isGone) streams.finish(status);
}

/** Resolves once all has been handed over, or nobody takes it any more. */
async function copied(from: Readable | undefined, to: Writable | undefined): Promise<void> {
  if (from === undefined) return;
  if (to === undefined) {
    from.resume();
    return;
  }
  await pipeline(from, to).catch(() => {});
}

/** How a command's exit code is told (v4 and later of the remote command protocols). */
const nonZeroExit = (code: number, command: readonly string[]): object => ({
  metadata: {},
  status: 'Failure',
  message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${code}`,
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});
