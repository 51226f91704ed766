import { NONE, isUnspecified, NetError, type Random } from '@kubarium/shared';

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
  /** All that is bound while that is one port, as in most pods; afterwards, what is bound is in the map. */
  #only: readonly Bound<S>[] = NONE;
  #byPort: Map<number, readonly Bound<S>[]> | undefined;
  /** Ports of outgoing connections; only once there was one. */
  #outgoing: Set<number> | undefined;
  readonly #protocol: 'tcp' | 'udp';
  readonly #address: string | undefined;
  readonly #random: Pick<Random, 'fork'>;
  #nextEphemeral: number | undefined;

  /** Where the search for free ports begins is drawn by protocol and address, once the first one is needed: most pods never call out. */
  constructor(protocol: 'tcp' | 'udp', address: string | undefined, random: Pick<Random, 'fork'>) {
    this.#protocol = protocol;
    this.#address = address;
    this.#random = random;
  }

  /** Takes a port (0: a free one) and returns its number. Throws EADDRINUSE. */
  bind(address: string, port: number, socket: S): number {
    const where = isUnspecified(address) ? ANY : address;
    const number = port === 0 ? this.#freePort() : port;
    const others = this.#at(number);
    if (others.some((other) => where === ANY || other.address === ANY || other.address === where)) {
      throw new NetError('EADDRINUSE', 'listen', where, number);
    }
    this.#put(number, others.concat({ address: where, port: number, socket }));
    return number;
  }

  unbind(port: number, socket: S): void {
    const bound = this.#at(port);
    if (bound.length > 0)
      this.#put(
        port,
        bound.filter((one) => one.socket !== socket),
      );
  }

  /** The socket that gets what arrives for an address and port. */
  find(address: string, port: number): S | undefined {
    const bound = this.#at(port);
    return (bound.find((one) => one.address === address) ?? bound.find((one) => one.address === ANY))?.socket;
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
    yield* this.#only;
    for (const list of this.#byPort?.values() ?? NONE) yield* list;
  }

  #at(port: number): readonly Bound<S>[] {
    if (this.#byPort !== undefined) return this.#byPort.get(port) ?? NONE;
    return this.#only[0]?.port === port ? this.#only : NONE;
  }

  #put(port: number, list: readonly Bound<S>[]): void {
    if (this.#byPort === undefined) {
      const [first] = this.#only;
      if (first === undefined || first.port === port) {
        this.#only = list;
        return;
      }
      this.#byPort = new Map([[first.port, this.#only]]);
      this.#only = NONE;
    }
    if (list.length === 0) this.#byPort.delete(port);
    else this.#byPort.set(port, list);
  }

  #freePort(): number {
    this.#nextEphemeral ??= FIRST_EPHEMERAL + this.#drawOffset();
    for (let tried = 0; tried < EPHEMERAL_COUNT; tried++) {
      const port: number = this.#nextEphemeral;
      this.#nextEphemeral = port === FIRST_EPHEMERAL + EPHEMERAL_COUNT - 1 ? FIRST_EPHEMERAL : port + 1;
      if (this.#outgoing?.has(port) !== true && this.#at(port).length === 0) return port;
    }
    throw new NetError('EADDRNOTAVAIL', 'bind', ANY, 0);
  }

  #drawOffset(): number {
    return this.#random.fork(`ephemeral-ports/${this.#protocol}/${this.#address}`).integer(EPHEMERAL_COUNT);
  }
}
