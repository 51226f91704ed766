import {
  NetError,
  type Clock,
  type Connection,
  type ConnectOptions,
  type NetErrorCode,
  type SocketAddress,
  type Timer,
} from '@kubarium/shared';
import { arrivalHop, astrayHop, flowEnd } from './arrival-hop.ts';
import type { AttachedNamespace, Pending } from './attached-namespace.ts';
import { PodConnection } from './connection.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { ListeningSocket } from './namespace.ts';
import type { Arrival, Router } from './router.ts';
import { HeldHops, type FlowListeners, type TapSocket } from './tap-socket.ts';

/** When Linux repeats a SYN that nobody answers (tcp_syn_retries = 6), and when it gives up: 127 s. */
const SYN_RETRIES_MS = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000];
const SYN_TIMEOUT_MS = 127_000;
/** How long a node's bridge asks for an address that no pod has (three ARP requests) before it says so. */
const NEIGHBOUR_TIMEOUT_MS = 3_000;

/** TCP's handshakes. */
export class StreamTransport {
  readonly router: Router;
  readonly deliveries: DeliveryQueue;
  readonly clock: Clock;
  readonly taps: TapSocket;

  constructor(router: Router, deliveries: DeliveryQueue, clock: Clock, taps: TapSocket) {
    this.router = router;
    this.deliveries = deliveries;
    this.clock = clock;
    this.taps = taps;
  }

  connect(from: AttachedNamespace, options: ConnectOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const { address, port, signal } = options;
      if (from.unplugged) return reject(new NetError('ENETUNREACH', 'connect', address, port));
      if (signal?.aborted) return reject(signal.reason as Error);
      // The pod network is IPv4 only, so there is no route to start with.
      if (address.includes(':') && !from.namespace.owns(address)) {
        return reject(new NetError('ENETUNREACH', 'connect', address, port));
      }
      new Handshake(this, from, options, resolve, reject).begin();
    });
  }
}

/**
 * A SYN takes the path; it arrives at a listener, is refused, or is lost. A lost one is repeated as Linux does, taking the path
 * anew each time, so a connect that waits succeeds once the way is open.
 */
class Handshake implements Pending {
  place = -1;
  readonly #transport: StreamTransport;
  readonly #from: AttachedNamespace;
  readonly #options: ConnectOptions;
  readonly #resolve: (connection: Connection) => void;
  readonly #reject: (error: Error) => void;
  readonly #source: SocketAddress;
  readonly #startMs: number;
  readonly #onAbort: (() => void) | undefined;
  readonly #timers: Timer[] = [];
  #isSettled = false;
  /** How the SYN before fared, where somebody listens. */
  #lastTold: string | undefined;

  constructor(
    transport: StreamTransport,
    from: AttachedNamespace,
    options: ConnectOptions,
    resolve: (connection: Connection) => void,
    reject: (error: Error) => void,
  ) {
    this.#transport = transport;
    this.#from = from;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { namespace } = from;
    const localAddress = options.localAddress ?? namespace.sourceFor(options.address);
    namespace.check(localAddress, 'bind', 0);
    this.#source = { address: localAddress, port: namespace.tcp.takeOutgoing() };
    this.#startMs = transport.clock.now();
    from.connecting.add(this);
    const { signal } = options;
    if (signal === undefined) return;
    this.#onAbort = () => this.fail(signal.reason as Error);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  begin(): void {
    this.#send(0);
  }

  fail(error: Error): void {
    this.#settle();
    this.#from.namespace.tcp.releaseOutgoing(this.#source.port);
    this.#reject(error);
  }

  #settle(): void {
    this.#isSettled = true;
    for (const timer of this.#timers) timer.cancel();
    if (this.#onAbort !== undefined) this.#options.signal!.removeEventListener('abort', this.#onAbort);
    this.#from.connecting.delete(this);
  }

  #failWith(code: NetErrorCode): void {
    this.fail(new NetError(code, 'connect', this.#options.address, this.#options.port));
  }

  #send(number: number): void {
    this.#transport.deliveries.enqueue(() => {
      if (!this.#isSettled) this.#attempt(number);
    });
  }

  #attempt(number: number): void {
    const { address, port, trace } = this.#options;
    const { namespace, owner } = this.#from;
    const asked = { address, port };
    const { router, taps } = this.#transport;
    const listeners = taps.listeners('TCP', owner, this.#source, asked, trace);
    // A SYN that is repeated is told of only where it fares otherwise than the one before.
    const held = listeners !== undefined && number > 0 ? new HeldHops() : undefined;
    const arrival = router.route('TCP', namespace, owner, this.#source, asked, held ?? listeners);
    const listener =
      arrival.outcome === 'arrived'
        ? arrival.namespace.tcp.find(arrival.target.address, arrival.target.port)
        : undefined;
    if (listeners !== undefined) this.#tell(listeners, held, arrival, listener !== undefined);
    if (arrival.outcome === 'arrived') {
      if (listener === undefined) this.#failWith('ECONNREFUSED');
      else this.#arrive(arrival, listener);
      return;
    }
    if (arrival.outcome === 'refused') return this.#failWith('ECONNREFUSED');
    if (number === 0) this.#giveUpAfter(this.#options.timeoutMs ?? SYN_TIMEOUT_MS);
    // A destination that a bridge cannot find fails once the bridge gave up; a mere silence is met with another SYN.
    if (arrival.outcome === 'nowhere' && arrival.neighbour) {
      this.#after(NEIGHBOUR_TIMEOUT_MS, () => this.#failWith('EHOSTUNREACH'));
      return;
    }
    const elapsed = this.#elapsedMs();
    const next = SYN_RETRIES_MS.find((retryMs) => retryMs > elapsed);
    if (next !== undefined) this.#after(next - elapsed, () => this.#send(number + 1));
  }

  #tell(listeners: FlowListeners, held: HeldHops | undefined, arrival: Arrival, isAnswered: boolean): void {
    const { address, port } = this.#options;
    const journey = { protocol: 'TCP', from: this.#from.owner, asked: { address, port } } as const;
    const hop =
      arrival.outcome === 'arrived'
        ? arrivalHop(journey, arrival.namespace, arrival.target, isAnswered)
        : astrayHop(journey, arrival);
    const told = `${hop.verdict}: ${hop.reason}`;
    if (told === this.#lastTold) return;
    held?.releaseTo(listeners);
    listeners.hop(hop);
    listeners.end(flowEnd(arrival, isAnswered));
    this.#lastTold = told;
  }

  #arrive({ target, sourceAddress }: Extract<Arrival, { outcome: 'arrived' }>, listener: ListeningSocket): void {
    const { address, port } = this.#options;
    this.#settle();
    const { deliveries, clock } = this.#transport;
    const [client, server] = PodConnection.pair(
      { local: this.#source, remote: { address, port } },
      { local: target, remote: { address: sourceAddress, port: this.#source.port } },
      deliveries,
      clock,
    );
    this.#from.opened(client);
    this.#resolve(client);
    try {
      listener.accept(server);
    } catch (error) {
      server.reset();
      throw error;
    }
  }

  #giveUpAfter(timeoutMs: number): void {
    this.#after(timeoutMs - this.#elapsedMs(), () => this.#failWith('ETIMEDOUT'));
  }

  #after(delayMs: number, act: () => void): void {
    this.#timers.push(
      this.#transport.clock.setTimer(delayMs, () => {
        if (!this.#isSettled) act();
      }),
    );
  }

  #elapsedMs(): number {
    return this.#transport.clock.now() - this.#startMs;
  }
}
