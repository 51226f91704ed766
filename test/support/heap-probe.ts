import type { KubariumProcess } from './kubarium-process.ts';

/** How to start a process that `HeapProbe` is to look into: its inspector, once asked for, takes a free port. */
export const PROBED = { NODE_OPTIONS: '--inspect-port=0' };

/**
 * Looks into a process by its inspector: what its heap holds once all garbage is collected. Resident memory says little, since
 * Node collects late where there is room.
 */
export class HeapProbe implements Disposable {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: { result?: { value?: unknown } }) => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id: number; result: object };
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
    });
  }

  static async into(cluster: KubariumProcess): Promise<HeapProbe> {
    process.kill(cluster.pid, 'SIGUSR1');
    let url: string | undefined;
    while ((url = /Debugger listening on (ws:\S+)/.exec(cluster.output)?.[1]) === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no inspector at ${url}`)));
    });
    return new HeapProbe(socket);
  }

  /** Collects garbage; resolves with the bytes in use after it, in MB: the heap and what it holds outside. */
  async usedMb(): Promise<number> {
    for (let round = 0; round < 2; round++) await this.#ask('HeapProfiler.collectGarbage');
    const expression =
      '(({ heapUsed, external }) => Math.round((heapUsed + external) / 2 ** 20))(process.memoryUsage())';
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return Number(result?.value);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<{ result?: { value?: unknown } }> {
    const id = this.#answers.size + 1;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
