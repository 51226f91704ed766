import {
  isLoopback,
  socketAddressText,
  type FlowEnd,
  type Hop,
  type OpenPort,
  type Protocol,
  type SandboxOwner,
  type SocketAddress,
} from '@kubarium/shared';
import { ownerText, type Namespace } from './namespace.ts';
import type { Arrival } from './router.ts';

/** What a flow met where it arrived, or why it did not: the last hop of its way. */
export interface Journey {
  readonly protocol: Protocol;
  readonly from: SandboxOwner;
  readonly asked: SocketAddress;
}

type Astray = Exclude<Arrival, { outcome: 'arrived' }>;

/** The hop of a flow that arrived nowhere, as its source finds out. */
export function astrayHop({ protocol, from, asked }: Journey, arrival: Astray): Hop {
  const hop = {
    stage: STAGES[protocol],
    where: ownerText(from),
    asked: askedText(protocol, asked),
    ok: false,
  };
  if (arrival.outcome !== 'nowhere') {
    const silence = arrival.outcome === 'dropped' ? '; nothing answers' : '';
    const { by, target, owner } = arrival;
    const facts = owner === undefined ? {} : { facts: { target, owner } };
    return { ...hop, verdict: arrival.outcome, reason: `by ${by}${silence}`, ...facts };
  }
  const target = socketAddressText(arrival.target);
  return arrival.neighbour
    ? { ...hop, verdict: 'no route to host', reason: `no pod has the address of ${target}` }
    : { ...hop, verdict: 'no answer', reason: `nobody has the address of ${target}` };
}

/** The hop of a flow that arrived at a namespace, whether or not somebody takes it there. */
export function arrivalHop({ protocol, asked }: Journey, at: Namespace, target: SocketAddress, isTaken: boolean): Hop {
  const open = at.openPorts();
  const hop = {
    stage: STAGES[protocol],
    where: ownerText(at.owner),
    asked: askedText(protocol, asked),
    ok: isTaken,
    facts: { target, owner: at.owner, openPorts: open.filter((one) => one.protocol === protocol) },
  };
  const [taken, untaken, socket, nobody] =
    protocol === 'TCP'
      ? ['connected', 'connection refused', 'a listener', 'nothing listens on']
      : ['delivered', 'port unreachable', 'a socket', 'nothing is bound to'];
  if (isTaken) return { ...hop, verdict: taken, reason: `${socket} on port ${target.port}` };
  return {
    ...hop,
    verdict: untaken,
    reason: `${nobody} ${socketAddressText(target)}; ${open.length === 0 ? 'no port is open' : `open: ${open.map(openText).join(', ')}`}`,
    alternatives: open.map((one) => ({
      what: openText(one),
      why: whyNot(one, protocol, target),
      taken: false,
    })),
  };
}

/** How a flow ended, for a tap. */
export function flowEnd(arrival: Arrival, isTaken: boolean): FlowEnd {
  switch (arrival.outcome) {
    case 'refused':
    case 'dropped':
      return arrival.owner === undefined
        ? { outcome: arrival.outcome, by: arrival.by }
        : { outcome: arrival.outcome, by: arrival.by, target: arrival.target, to: arrival.owner };
    case 'nowhere':
      return { outcome: 'unreachable', target: arrival.target };
    case 'arrived':
      return {
        outcome: isTaken ? 'delivered' : 'refused',
        target: arrival.target,
        to: arrival.namespace.owner,
      };
  }
}

function whyNot(open: OpenPort, protocol: Protocol, { address, port }: SocketAddress): string {
  if (open.port !== port) return 'another port';
  if (open.protocol !== protocol) return 'another protocol';
  return isLoopback(open.address) && !isLoopback(address) ? 'reached from within the pod only' : 'another address';
}

const askedText = (protocol: Protocol, asked: SocketAddress): string =>
  protocol === 'TCP' ? socketAddressText(asked) : `UDP ${socketAddressText(asked)}`;

const openText = (open: OpenPort): string => `${open.protocol} ${socketAddressText(open)}`;

const STAGES = { TCP: 'connect', UDP: 'datagram' } as const;
