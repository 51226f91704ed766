import { MessageChannel } from 'node:worker_threads';

/** Does what takes real time with the process kept alive: the clock's own timers do not keep it so, and nothing else may. */
export async function keptAlive<T>(work: () => Promise<T>): Promise<T> {
  const { port1 } = new MessageChannel();
  port1.on('message', () => undefined);
  try {
    return await work();
  } finally {
    port1.close();
  }
}
