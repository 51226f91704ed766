import { isLoopback, NetError, socketAddressText, type SocketAddress, type TraceSink } from '@kubarium/shared';
import { arrivalHop, astrayHop, flowEnd } from './arrival-hop.ts';
import type { AttachedNamespace, UdpSocket } from './attached-namespace.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { FlowTable, UdpFlow } from './flow-table.ts';
import { ownerText, type Namespace } from './namespace.ts';
import type { Router } from './router.ts';
import type { FlowListeners, TapSocket } from './tap-socket.ts';

/**
 * UDP between namespaces. The first datagram of a flow takes the path; connection tracking keeps its target for those that
 * follow and gives answers the address that was asked. What arrives at a closed port comes back as ECONNREFUSED (ICMP port
 * unreachable); what is dropped, or sent to nobody, is lost in silence.
 */
export class DatagramTransport {
  readonly #router: Router;
  readonly #deliveries: DeliveryQueue;
  readonly #flows: FlowTable;
  readonly #taps: TapSocket;

  constructor(router: Router, deliveries: DeliveryQueue, flows: FlowTable, taps: TapSocket) {
    this.#router = router;
    this.#taps = taps;
    this.#deliveries = deliveries;
    this.#flows = flows;
  }

  send(from: AttachedNamespace, socket: UdpSocket, data: Uint8Array, to: SocketAddress, trace?: TraceSink): void {
    // Senders reuse their buffers; a datagram is small enough to copy.
    const copy = Buffer.from(data);
    this.#deliveries.enqueue(() => {
      if (!from.unplugged) this.#deliver(from, socket, copy, to, trace);
    });
  }

  /** Forgets the flows of a socket that closed. Simplified: Linux keeps them until they expire. */
  closed(socket: UdpSocket): void {
    for (const flow of socket.flows) this.#flows.forget(flow);
  }

  #deliver(from: AttachedNamespace, socket: UdpSocket, data: Buffer, to: SocketAddress, trace?: TraceSink): void {
    const address = socket.address === '0.0.0.0' ? from.namespace.sourceFor(to.address) : socket.address;
    const sent: Sent = { from, socket, source: { address, port: socket.port }, to, data };
    if (isLoopback(to.address) && from.owner.pod !== undefined) {
      return this.#arrive(sent, from.namespace, sent.source, to, this.#listeners(sent, trace));
    }
    const answered = this.#flows.findAnswered(sent.source, to);
    if (answered !== undefined) {
      const arrives = answered.client.udp.find(answered.source.address, answered.source.port) !== undefined;
      const listeners = arrives && trace === undefined ? undefined : this.#listeners(sent, trace);
      return this.#arrive(sent, answered.client, answered.destination, answered.source, listeners);
    }
    const listeners = this.#listeners(sent, trace);
    const flow = this.#flow(sent, listeners);
    if (flow === undefined) return;
    const target = isLoopback(flow.target.address) ? from.namespace : this.#router.find(flow.target.address);
    this.#arrive(sent, target, flow.apparentSource, flow.target, listeners);
  }

  #listeners({ from, source, to, data }: Sent, trace: TraceSink | undefined): FlowListeners | undefined {
    return this.#taps.listeners('UDP', from.owner, source, to, trace, data);
  }

  /** The flow that a datagram belongs to: the tracked one while it stands, else a new one. */
  #flow(sent: Sent, listeners: FlowListeners | undefined): UdpFlow | undefined {
    const { from, socket, source, to } = sent;
    const open = this.#flows.find(source, to);
    if (open !== undefined) {
      const asked = { protocol: 'UDP', from: from.owner, source, destination: to, trace: listeners } as const;
      if (open.rewrittenBy?.stands?.(asked, open.target) ?? true) {
        listeners?.hop({
          stage: 'connection tracking',
          where: ownerText(from.owner),
          asked: `UDP ${socketAddressText(to)}`,
          verdict: `sent to ${socketAddressText(open.target)}`,
          reason: 'the flow is open, and its first datagram was sent there',
          ok: true,
        });
        return open;
      }
      this.#flows.forget(open);
      socket.flows.delete(open);
    }
    const arrival = this.#router.route('UDP', from.namespace, from.owner, source, to, listeners);
    if (arrival.outcome !== 'arrived') {
      listeners?.hop(astrayHop({ protocol: 'UDP', from: from.owner, asked: to }, arrival));
      listeners?.end(flowEnd(arrival, false));
      if (arrival.outcome === 'refused') socket.fail(new NetError('ECONNREFUSED', 'recvmsg', to.address, to.port));
      return undefined;
    }
    const { target, sourceAddress, rewrittenBy } = arrival;
    const apparentSource =
      sourceAddress === source.address ? source : this.#masqueraded(sourceAddress, source.port, target);
    const client = from.namespace;
    const flow = this.#flows.add({ client, source, destination: to, target, apparentSource, rewrittenBy });
    socket.flows.add(flow);
    return flow;
  }

  /** A source port under which answers can be told apart: the client's own while nobody else uses it there. */
  #masqueraded(address: string, port: number, target: SocketAddress): SocketAddress {
    let candidate = { address, port };
    while (this.#flows.isAnswerTaken(target, candidate)) {
      candidate = { address, port: candidate.port === 65_535 ? 1_024 : candidate.port + 1 };
    }
    return candidate;
  }

  #arrive(
    sent: Sent,
    namespace: Namespace | undefined,
    apparentSource: SocketAddress,
    at: SocketAddress,
    listeners: FlowListeners | undefined,
  ): void {
    const { from, socket, to, data } = sent;
    const receiver = namespace?.udp.find(at.address, at.port);
    if (listeners !== undefined) {
      const journey = { protocol: 'UDP', from: from.owner, asked: to } as const;
      if (namespace === undefined) {
        // Its flow was let through once; whoever had the address is gone.
        const gone = { outcome: 'nowhere', target: at, neighbour: false } as const;
        listeners.hop(astrayHop(journey, gone));
        listeners.end(flowEnd(gone, false));
      } else {
        listeners.hop(arrivalHop(journey, namespace, at, receiver !== undefined));
        listeners.end({ outcome: receiver === undefined ? 'refused' : 'delivered', target: at, to: namespace.owner });
      }
    }
    if (namespace === undefined) return;
    if (receiver === undefined) socket.fail(new NetError('ECONNREFUSED', 'recvmsg', to.address, to.port));
    else receiver.receive({ data, from: apparentSource });
  }
}

/** One datagram on its way. */
interface Sent {
  readonly from: AttachedNamespace;
  readonly socket: UdpSocket;
  readonly source: SocketAddress;
  readonly to: SocketAddress;
  readonly data: Buffer;
}
