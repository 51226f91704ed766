import { NetError, socketAddressText, type Clock, type Connection, type ConnectOptions } from '@kubarium/shared';
import type { AttachedNamespace } from './attached-namespace.ts';
import { PodConnection } from './connection.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { ownerText } from './namespace.ts';
import type { Arrival, Router } from './router.ts';

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

  constructor(router: Router, deliveries: DeliveryQueue, clock: Clock) {
    this.#router = router;
    this.#deliveries = deliveries;
    this.#clock = clock;
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

      const attempt = (number: number): void => {
        // Only the first SYN is traced: its repetitions tell nothing new.
        const trace = number === 0 ? options.trace : undefined;
        const arrival = this.#router.route('TCP', from.namespace, from.owner, source, { address, port }, trace);
        trace?.hop(connectHop(arrival, `${address}:${port}`));
        if (arrival.outcome === 'arrived') {
          const listener = arrival.namespace.tcp.find(arrival.target.address, arrival.target.port);
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

function connectHop(arrival: Arrival, asked: string) {
  const hop = { stage: 'connect', asked };
  switch (arrival.outcome) {
    case 'refused':
      return { ...hop, where: 'network', verdict: 'refused', reason: `by ${arrival.by}`, ok: false };
    case 'dropped':
      return { ...hop, where: 'network', verdict: 'dropped', reason: `by ${arrival.by}; nothing answers`, ok: false };
    case 'nowhere': {
      const target = socketAddressText(arrival.target);
      return arrival.neighbour
        ? {
            ...hop,
            where: 'network',
            verdict: 'no route to host',
            reason: `no pod has the address of ${target}`,
            ok: false,
          }
        : { ...hop, where: 'network', verdict: 'no answer', reason: `nobody has the address of ${target}`, ok: false };
    }
    case 'arrived': {
      const { namespace, target, sourceAddress } = arrival;
      const listener = namespace.tcp.find(target.address, target.port);
      const open = namespace.openPorts().filter(({ protocol }) => protocol === 'TCP');
      const where = ownerText(namespace.owner);
      const facts = { target, sourceAddress, openPorts: open };
      if (listener !== undefined) {
        return { ...hop, where, verdict: 'connected', reason: `a listener on port ${target.port}`, ok: true, facts };
      }
      const listening = open.map((socket) => socketAddressText(socket)).join(', ');
      const reason = `nothing listens on ${socketAddressText(target)}${listening === '' ? '; no port is open' : `; open: ${listening}`}`;
      return { ...hop, where, verdict: 'connection refused', reason, ok: false, facts };
    }
  }
}
