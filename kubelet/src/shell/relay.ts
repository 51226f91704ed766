import type { Connection } from '@kubarium/shared';
import type { Process } from '../container/process.ts';
import { readChunk, write } from '../container/standard-io.ts';

/** Standard input to the connection, the connection to standard output, until the other end closes or nothing comes for a while. */
export async function relay(
  process: Process,
  connection: Connection,
  { idleMs, closesOnEof }: { idleMs: number | undefined; closesOnEof: boolean },
): Promise<void> {
  const { clock } = process.runtime;
  const idle = new AbortController();
  let timer = idleMs === undefined ? undefined : clock.setTimer(idleMs, () => idle.abort('idle'));
  const awake = (): void => {
    if (idleMs === undefined) return;
    timer?.cancel();
    timer = clock.setTimer(idleMs, () => idle.abort('idle'));
  };
  const signal = AbortSignal.any([process.killed, idle.signal]);
  const upward = async (): Promise<void> => {
    for (let chunk; (chunk = await readChunk(process.stdin, signal)) !== undefined;) {
      awake();
      if (connection.destroyed) return;
      connection.write(chunk);
    }
    if (closesOnEof) connection.end();
  };
  const sending = upward().catch(() => {});
  try {
    for (let chunk; (chunk = await readChunk(connection, signal)) !== undefined;) {
      awake();
      await write(process, chunk);
    }
  } catch (error) {
    process.killed.throwIfAborted();
    if (!idle.signal.aborted) throw error;
  } finally {
    timer?.cancel();
    idle.abort('done');
    connection.end();
  }
  await sending;
}
