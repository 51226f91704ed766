import { NetError, type Clock, type Connection, type ConnectOptions } from '@kubarium/shared';
import { arrivalHop, astrayHop, flowEnd } from './arrival-hop.ts';
import type { AttachedNamespace } from './attached-namespace.ts';
import { PodConnection } from './connection.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { Router } from './router.ts';
import { HeldHops, type TapSocket } from './tap-socket.ts';

/** When Linux repeats a SYN that nobody answers (tcp_syn_retries = 6), and when it gives up: 127 s. */
const SYN_RETRIES_MS = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000];
const SYN_TIMEOUT_MS = 127_000;
/** How long a node's bridge asks for an address that no pod has (three ARP requests) before it says so. */
const NEIGHBOUR_TIMEOUT_MS = 3_000;

/**
 * TCP's handshake. A SYN takes the path; it arrives at a listener, is refused, or is lost. A lost one is repeated as Linux does,
 * taking the path anew each time, so a connect that waits succeeds once the way is open.
 */
export class StreamTransport {
  readonly #router: Router;
  readonly #deliveries: DeliveryQueue;
  readonly #clock: Clock;
  readonly #taps: TapSocket;

  constructor(router: Router, deliveries: DeliveryQueue, clock: Clock, taps: TapSocket) {
    this.#router = router;
    this.#deliveries = deliveries;
    this.#clock = clock;
    this.#taps = taps;
  }

  connect(from: AttachedNamespace, options: ConnectOptions): Promise<Connection> {
    const { address, port, signal, timeoutMs = SYN_TIMEOUT_MS } = options;
    return new Promise((resolve, reject) => {
      if (from.unplugged) return reject(new NetError('ENETUNREACH', 'connect', address, port));
      if (signal?.aborted) return reject(signal.reason as Error);
      // The pod network is IPv4 only, so there is no route to start with.
      if (address.includes(':') && !from.namespace.owns(address)) {
        return reject(new NetError('ENETUNREACH', 'connect', address, port));
      }
      const { tcp } = from.namespace;
      const localAddress = options.localAddress ?? from.namespace.sourceFor(address);
      from.namespace.check(localAddress, 'bind', 0);
      const source = { address: localAddress, port: tcp.takeOutgoing() };
      const startMs = this.#clock.now();
      const timers: { cancel(): void }[] = [];
      let settled = false;
      const settle = (): void => {
        settled = true;
        for (const timer of timers) timer.cancel();
        signal?.removeEventListener('abort', onAbort);
        from.connecting.delete(fail);
      };
      const fail = (error: Error): void => {
        settle();
        tcp.releaseOutgoing(source.port);
        reject(error);
      };
      const onAbort = (): void => fail(signal!.reason as Error);

      const asked = { address, port };
      let lastTold: string | undefined;
      const attempt = (number: number): void => {
        const listeners = this.#taps.listeners('TCP', from.owner, source, asked, options.trace);
        // A SYN that is repeated is told of only where it fares otherwise than the one before.
        const held = listeners !== undefined && number > 0 ? new HeldHops() : undefined;
        const trace = held ?? listeners;
        const arrival = this.#router.route('TCP', from.namespace, from.owner, source, asked, trace);
        const listener =
          arrival.outcome === 'arrived'
            ? arrival.namespace.tcp.find(arrival.target.address, arrival.target.port)
            : undefined;
        if (listeners !== undefined) {
          const journey = { protocol: 'TCP', from: from.owner, asked } as const;
          const hop =
            arrival.outcome === 'arrived'
              ? arrivalHop(journey, arrival.namespace, arrival.target, listener !== undefined)
              : astrayHop(journey, arrival);
          const told = `${hop.verdict}: ${hop.reason}`;
          if (told !== lastTold) {
            held?.releaseTo(listeners);
            listeners.hop(hop);
            listeners.end(flowEnd(arrival, listener !== undefined));
            lastTold = told;
          }
        }
        if (arrival.outcome === 'arrived') {
          if (listener === undefined) return fail(new NetError('ECONNREFUSED', 'connect', address, port));
          settle();
          const [client, server] = PodConnection.pair(
            {
              local: source,
              remote: { address, port },
              onClose: (connection) => {
                tcp.releaseOutgoing(source.port);
                from.release(connection);
              },
            },
            {
              local: arrival.target,
              remote: { address: arrival.sourceAddress, port: source.port },
              onClose: (connection) => listener.release(connection),
            },
            this.#deliveries,
            this.#clock,
          );
          from.adopt(client);
          resolve(client);
          try {
            listener.accept(server);
          } catch (error) {
            server.reset();
            throw error;
          }
          return;
        }
        if (arrival.outcome === 'refused') return fail(new NetError('ECONNREFUSED', 'connect', address, port));
        if (number === 0) waitForAnswer();
        // A destination that a bridge cannot find fails once the bridge gave up; a mere silence is met with another SYN.
        if (arrival.outcome === 'nowhere' && arrival.neighbour) {
          after(NEIGHBOUR_TIMEOUT_MS, () => fail(new NetError('EHOSTUNREACH', 'connect', address, port)));
          return;
        }
        const elapsed = this.#clock.now() - startMs;
        const next = SYN_RETRIES_MS.find((retryMs) => retryMs > elapsed);
        if (next !== undefined) after(next - elapsed, () => send(number + 1));
      };
      const after = (delayMs: number, act: () => void): void => {
        timers.push(this.#clock.setTimer(delayMs, () => void (settled || act())));
      };
      const waitForAnswer = (): void =>
        after(timeoutMs - (this.#clock.now() - startMs), () =>
          fail(new NetError('ETIMEDOUT', 'connect', address, port)),
        );
      const send = (number: number): void => this.#deliveries.enqueue(() => void (settled || attempt(number)));

      signal?.addEventListener('abort', onAbort, { once: true });
      from.connecting.add(fail);
      send(0);
    });
  }
}
