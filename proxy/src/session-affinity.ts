import type { Clock } from '@kubarium/shared';

interface Stick {
  readonly endpoint: string;
  usedMs: number;
}

/**
 * Which endpoint a client was sent to, on each node by itself (as the kernels of the nodes do not tell each other). A new
 * connection within the timeout goes there again and starts the timeout anew.
 */
export class SessionAffinity {
  /** By service port, then `node client`. */
  readonly #sticks = new Map<string, Map<string, Stick>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The endpoint (`address:port`) that the client last used within the timeout. */
  find(servicePort: string, node: string, client: string, timeoutMs: number): string | undefined {
    const stick = this.#sticks.get(servicePort)?.get(`${node} ${client}`);
    return stick !== undefined && this.#clock.now() - stick.usedMs < timeoutMs ? stick.endpoint : undefined;
  }

  remember(servicePort: string, node: string, client: string, endpoint: string, timeoutMs: number): void {
    let sticks = this.#sticks.get(servicePort);
    if (sticks === undefined) this.#sticks.set(servicePort, (sticks = new Map()));
    const now = this.#clock.now();
    const key = `${node} ${client}`;
    // Least recently used first, so that the outdated ones are at the front.
    sticks.delete(key);
    sticks.set(key, { endpoint, usedMs: now });
    for (const [other, stick] of sticks) {
      if (now - stick.usedMs < timeoutMs) break;
      sticks.delete(other);
    }
  }

  /** Forgets a service port that is gone. */
  forget(servicePort: string): void {
    this.#sticks.delete(servicePort);
  }
}
