import {
  isLoopback,
  NetError,
  socketAddressText,
  type Hop,
  type SocketAddress,
  type TraceSink,
} from '@kubarium/shared';
import type { AttachedNamespace, UdpSocket } from './attached-namespace.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { FlowTable, UdpFlow } from './flow-table.ts';
import { ownerText, type Namespace } from './namespace.ts';
import type { Router } from './router.ts';

/**
 * UDP between namespaces. The first datagram of a flow takes the path; connection tracking keeps its target for those that
 * follow and gives answers the address that was asked. What arrives at a closed port comes back as ECONNREFUSED (ICMP port
 * unreachable); what is dropped, or sent to nobody, is lost in silence.
 */
export class DatagramTransport {
  readonly #router: Router;
  readonly #deliveries: DeliveryQueue;
  readonly #flows: FlowTable;

  constructor(router: Router, deliveries: DeliveryQueue, flows: FlowTable) {
    this.#router = router;
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
    const source = { address, port: socket.port };
    if (isLoopback(to.address) && from.owner.pod !== undefined) {
      return this.#arrive(from.namespace, source, to, to, socket, data, trace);
    }
    const answered = this.#flows.findAnswered(source, to);
    if (answered !== undefined) {
      return this.#arrive(answered.client, answered.destination, answered.source, to, socket, data, trace);
    }
    const flow = this.#flow(from, socket, source, to, trace);
    if (flow === undefined) return;
    const target = isLoopback(flow.target.address) ? from.namespace : this.#router.find(flow.target.address);
    this.#arrive(target, flow.apparentSource, flow.target, to, socket, data, trace);
  }

  /** The flow that a datagram belongs to: the tracked one while it stands, else a new one. */
  #flow(
    from: AttachedNamespace,
    socket: UdpSocket,
    source: SocketAddress,
    to: SocketAddress,
    trace?: TraceSink,
  ): UdpFlow | undefined {
    const open = this.#flows.find(source, to);
    if (open !== undefined) {
      const asked = { protocol: 'UDP', from: from.owner, source, destination: to, trace } as const;
      if (open.rewrittenBy?.stands?.(asked, open.target) ?? true) {
        trace?.hop({
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
    const arrival = this.#router.route('UDP', from.namespace, from.owner, source, to, trace);
    switch (arrival.outcome) {
      case 'refused':
        socket.fail(new NetError('ECONNREFUSED', 'recvmsg', to.address, to.port));
        return undefined;
      case 'dropped':
        return undefined;
      case 'nowhere':
        trace?.hop(lost(to, arrival.target));
        return undefined;
      case 'arrived': {
        const { target, sourceAddress, rewrittenBy } = arrival;
        const apparentSource =
          sourceAddress === source.address ? source : this.#masqueraded(sourceAddress, source.port, target);
        const client = from.namespace;
        const flow = this.#flows.add({ client, source, destination: to, target, apparentSource, rewrittenBy });
        socket.flows.add(flow);
        return flow;
      }
    }
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
    namespace: Namespace | undefined,
    from: SocketAddress,
    at: SocketAddress,
    asked: SocketAddress,
    sender: UdpSocket,
    data: Buffer,
    trace?: TraceSink,
  ): void {
    if (namespace === undefined) return trace?.hop(lost(asked, at));
    const receiver = namespace.udp.find(at.address, at.port);
    trace?.hop({
      stage: 'datagram',
      where: ownerText(namespace.owner),
      asked: `UDP ${socketAddressText(asked)}`,
      verdict: receiver === undefined ? 'port unreachable' : 'delivered',
      reason: receiver === undefined ? `nothing is bound to ${socketAddressText(at)}` : `a socket on port ${at.port}`,
      ok: receiver !== undefined,
    });
    if (receiver === undefined) sender.fail(new NetError('ECONNREFUSED', 'recvmsg', asked.address, asked.port));
    else receiver.receive({ data, from });
  }
}

const lost = (asked: SocketAddress, target: SocketAddress): Hop => ({
  stage: 'datagram',
  where: 'network',
  asked: `UDP ${socketAddressText(asked)}`,
  verdict: 'lost',
  reason: `nobody has the address of ${socketAddressText(target)}`,
  ok: false,
});
