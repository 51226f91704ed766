import type { KubariumProcess } from './kubarium-process.ts';

/** How to start a process that `HeapProbe` is to look into: its inspector, once asked for, takes a free port. */
export const PROBED = { NODE_OPTIONS: '--inspect-port=0' };

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result: { readonly result?: { readonly value?: unknown } };
  readonly params?: {
    readonly callFrames?: readonly CallFrame[];
    readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
  };
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly location: { readonly lineNumber: number };
}

/**
 * Looks into a process by its inspector: what its heap holds once all garbage is collected. Resident memory says little, since
 * Node collects late where there is room.
 */
export class HeapProbe implements Disposable {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (result: Message['result']) => void>();
  readonly #uncaught = Promise.withResolvers<string>();
  #asked = 0;
  #onPaused: ((frames: readonly CallFrame[]) => void) | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id = 0, method, result, params } = JSON.parse(String(data)) as Message;
      this.#answers.get(id)?.(result);
      this.#answers.delete(id);
      if (method === 'Debugger.paused') this.#onPaused?.(params?.callFrames ?? []);
      const thrown = method === 'Runtime.exceptionThrown' ? params?.exceptionDetails : undefined;
      if (thrown === undefined) return;
      this.#uncaught.resolve(`${thrown.text} ${thrown.exception?.description ?? ''}`);
      this[Symbol.dispose]();
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
    const probe = new HeapProbe(socket);
    await probe.#ask('Runtime.enable');
    return probe;
  }

  /**
   * Resolves with the exception that ends the process, should there be one. A process that is looked into waits, and answers nobody, until
   * the look is over: so this ends it.
   */
  get uncaught(): Promise<string> {
    return this.#uncaught.promise;
  }

  /** Collects garbage; resolves with the bytes in use after it, in MB: the heap and what it holds outside. */
  async usedMb(): Promise<number> {
    for (let round = 0; round < 2; round++) await this.#ask('HeapProfiler.collectGarbage');
    const expression =
      '(({ heapUsed, external }) => Math.round((heapUsed + external) / 2 ** 20))(process.memoryUsage())';
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return Number(result?.value);
  }

  /** How many TCP connections the process holds. */
  async openSockets(): Promise<number> {
    const expression = `process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length`;
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true });
    return Number(result?.value);
  }

  /** What the process is doing this moment, innermost call first; the next thing that it does, where it is idle. */
  async stack(): Promise<string[]> {
    const paused = new Promise<readonly CallFrame[]>((resolve) => (this.#onPaused = resolve));
    await this.#ask('Debugger.enable');
    await this.#ask('Debugger.pause');
    const frames = await paused;
    await this.#ask('Debugger.resume');
    return frames.map(({ functionName, url, location }) => `${functionName} ${url}:${location.lineNumber + 1}`);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #ask(method: string, params: object = {}): Promise<Message['result']> {
    const id = ++this.#asked;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
