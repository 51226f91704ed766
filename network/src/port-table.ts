import { isUnspecified, NetError } from '@kubarium/shared';

/** The ephemeral ports of Linux (net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL = 32768;
const EPHEMERAL_COUNT = 60999 - 32768 + 1;
const ANY = '0.0.0.0';

interface Bound<S> {
  readonly address: string;
  readonly port: number;
  readonly socket: S;
}

/**
 * The bound ports of one namespace and one protocol, with the rules of bind(2): a port is free for an address while nobody has
 * it on that address or on all of them; 0.0.0.0 wants it free on every address. Arriving traffic goes to the most exact match.
 */
export class PortTable<S> {
  /** Only once a port is bound: most pods have two tables, and use one. */
  #byPort: Map<number, readonly Bound<S>[]> | undefined;
  /** Ports of outgoing connections; only once there was one. */
  #outgoing: Set<number> | undefined;
  readonly #firstEphemeral: (below: number) => number;
  #nextEphemeral: number | undefined;

  /** `firstEphemeral` draws where the search for free ports begins: from 0 up to, but not including, its argument. */
  constructor(firstEphemeral: (below: number) => number) {
    this.#firstEphemeral = firstEphemeral;
  }

  /** Takes a port (0: a free one) and returns its number. Throws EADDRINUSE. */
  bind(address: string, port: number, socket: S): number {
    const where = isUnspecified(address) ? ANY : address;
    const number = port === 0 ? this.#freePort() : port;
    this.#byPort ??= new Map();
    const others = this.#byPort.get(number) ?? [];
    if (others.some((other) => where === ANY || other.address === ANY || other.address === where)) {
      throw new NetError('EADDRINUSE', 'listen', where, number);
    }
    this.#byPort.set(number, others.concat({ address: where, port: number, socket }));
    return number;
  }

  unbind(port: number, socket: S): void {
    const left = (this.#byPort?.get(port) ?? []).filter((bound) => bound.socket !== socket);
    if (left.length === 0) this.#byPort?.delete(port);
    else this.#byPort?.set(port, left);
  }

  /** The socket that gets what arrives for an address and port. */
  find(address: string, port: number): S | undefined {
    const bound = this.#byPort?.get(port);
    return (bound?.find((one) => one.address === address) ?? bound?.find((one) => one.address === ANY))?.socket;
  }

  /** Takes a free port for an outgoing connection until `releaseOutgoing`. Throws EADDRNOTAVAIL where all are taken. */
  takeOutgoing(): number {
    const port = this.#freePort();
    this.#outgoing ??= new Set();
    this.#outgoing.add(port);
    return port;
  }

  releaseOutgoing(port: number): void {
    this.#outgoing?.delete(port);
  }

  /** Every bound port, in order of binding. */
  *bound(): Iterable<Bound<S>> {
    for (const list of this.#byPort?.values() ?? []) yield* list;
  }

  #freePort(): number {
    this.#nextEphemeral ??= FIRST_EPHEMERAL + this.#firstEphemeral(EPHEMERAL_COUNT);
    for (let tried = 0; tried < EPHEMERAL_COUNT; tried++) {
      const port: number = this.#nextEphemeral;
      this.#nextEphemeral = port === FIRST_EPHEMERAL + EPHEMERAL_COUNT - 1 ? FIRST_EPHEMERAL : port + 1;
      if (this.#byPort?.has(port) !== true && this.#outgoing?.has(port) !== true) return port;
    }
    throw new NetError('EADDRNOTAVAIL', 'bind', ANY, 0);
  }
}
