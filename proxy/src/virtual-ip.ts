import {
  isLoopback,
  type Alternative,
  socketAddressText,
  type Clock,
  type Flow,
  type Hop,
  type Ipv4Range,
  type PathStage,
  type Protocol,
  type Random,
  type SocketAddress,
  type Verdict,
} from '@kubarium/shared';
import { whyNot, type EndpointChoice, type Entrance, type ProxyNode } from './choose-endpoint.ts';
import type { Route, RoutingTable } from './routing-table.ts';
import { SessionAffinity } from './session-affinity.ts';
import type { Endpoint } from './slice-endpoints.ts';

/** A node as the proxy needs to know it. */
export interface NodeFacts extends ProxyNode {
  /** Its internal and external addresses; the first one is what masqueraded traffic comes from. */
  readonly addresses: readonly string[];
}

export interface NodeDirectory {
  byName(name: string): NodeFacts | undefined;
  byAddress(address: string): NodeFacts | undefined;
  /** In order of appearance. */
  all(): readonly NodeFacts[];
}

export interface VirtualIpOptions {
  readonly table: RoutingTable;
  readonly nodes: NodeDirectory;
  readonly clock: Clock;
  readonly random: Random;
  /** Where cluster IPs come from: what goes there without a rule is lost. */
  readonly serviceRange: Ipv4Range;
  /** Decide only for traffic from this node; absent: for all of them. */
  readonly nodeName?: string | undefined;
}

interface Match {
  readonly route: Route;
  readonly entrance: Entrance;
  /** The source's address; a node that asks at its own loopback is known by its own. */
  readonly client: string;
  /** The node whose rules decide: the source's, or the one whose node port is asked. */
  readonly node: NodeFacts;
  readonly masquerade: boolean;
  /** How the address was recognized, for traces. */
  readonly as: string;
}

/**
 * The rules of every node's kube-proxy as a stage of the path: a destination that is a Service's becomes one of its endpoints.
 *
 * 1. Cluster IP and port: endpoints by `internalTrafficPolicy`. Masqueraded only where a pod reaches itself (hairpin).
 * 2. External IP or load balancer address: endpoints by `externalTrafficPolicy`; pods and nodes are short-circuited to all of
 *    them. Masqueraded under policy Cluster, so that answers come back the same way. What comes from outside enters by one of the
 *    nodes that can answer, as a load balancer sends it. A load balancer's address answers only `loadBalancerSourceRanges`, where
 *    there are some: others get no answer.
 * 3. A node port at a node's address (a node's own loopback included): as 2, by the rules of that node.
 * 4. Any other address of the Service range: lost. kube-proxy's iptables mode, the default of v1.35, has no rule there, and the
 *    packet leaves by the default route to where nobody knows it. (Its nftables mode would refuse a wrong port.)
 * 5. Everything else passes.
 */
export class VirtualIpStage implements PathStage {
  readonly name = 'service';
  readonly #options: VirtualIpOptions;
  readonly #affinity: SessionAffinity;

  constructor(options: VirtualIpOptions) {
    this.#options = options;
    this.#affinity = new SessionAffinity(options.clock);
  }

  decide(flow: Flow): Verdict {
    const { nodeName } = this.#options;
    if (nodeName !== undefined && flow.from.node !== nodeName) return { action: 'pass' };
    const match = this.#match(flow);
    if (match === undefined) return this.#unmatched(flow);
    const { route, node, entrance, client } = match;
    if (isShutOut(route, flow.destination.address, client)) {
      const ranges = route.port.sourceRanges.map(({ text }) => text).join(', ');
      const reason = `loadBalancerSourceRanges of Service ${route.name} (${ranges}) has not ${client}`;
      const facts = { service: route.port.service };
      flow.trace?.hop({ ...hopOf(flow, node), verdict: 'dropped', reason, ok: false, facts });
      return { action: 'drop' };
    }
    const choice = route.choose(node, entrance);
    if (choice.outcome !== 'endpoints') {
      flow.trace?.hop(serviceHop(flow, match, choice, undefined, choice.reason));
      return { action: choice.outcome };
    }
    const { endpoint, why } = this.#pick(route, node, choice, client);
    flow.trace?.hop(serviceHop(flow, match, choice, endpoint, why));
    const destination = { address: endpoint.address, port: endpoint.port };
    return match.masquerade || endpoint.address === flow.source.address
      ? { action: 'rewrite', destination, sourceAddress: node.addresses[0] }
      : { action: 'rewrite', destination };
  }

  stands(flow: Flow, destination: SocketAddress): boolean {
    return this.#match(flow)?.route.keepsFlowTo(destination.address) ?? true;
  }

  /** Where session affinity keeps a client of a cluster IP for now, `address:port`. For explanations. */
  keptAt(to: { readonly protocol: Protocol } & SocketAddress, node: string, client: string): string | undefined {
    const route = this.#options.table.clusterRoute(to.protocol, to.address, to.port);
    if (route === undefined || route.port.affinityMs === 0) return undefined;
    return this.#affinity.find(affinityKey(route), node, client, route.port.affinityMs);
  }

  /** Forgets the session affinity of routes that are gone. */
  forget(route: Route): void {
    this.#affinity.forget(affinityKey(route));
  }

  #match({ protocol, from, source, destination: { address, port } }: Flow): Match | undefined {
    const { table, nodes } = this.#options;
    const home = nodes.byName(from.node);
    const here: NodeFacts = home ?? { name: from.node, zone: undefined, addresses: [source.address] };
    const client = isLoopback(source.address) ? (here.addresses[0] ?? source.address) : source.address;
    const cluster = table.clusterRoute(protocol, address, port);
    if (cluster !== undefined) {
      return { route: cluster, entrance: 'internal', client, node: here, masquerade: false, as: 'cluster IP' };
    }
    // Pods and nodes are inside, and a Local policy does not bind them.
    const isInside = from.pod !== undefined || home !== undefined;
    const fromOutside = (route: Route, node: NodeFacts, as: string): Match => ({
      route,
      entrance: isInside ? 'short-circuit' : 'external',
      client,
      node,
      masquerade: route.port.externalLocal ? from.pod === undefined && isInside : true,
      as,
    });
    const external = table.externalRoute(protocol, address, port);
    if (external !== undefined) {
      const entry = isInside ? here : (this.#entryNode(external) ?? here);
      return fromOutside(external, entry, 'external address');
    }
    const ported = table.nodePortRoute(protocol, port);
    if (ported === undefined) return undefined;
    const asked = isLoopback(address) && from.pod === undefined ? home : nodes.byAddress(address);
    return asked === undefined ? undefined : fromOutside(ported, asked, `node port of ${asked.name}`);
  }

  /** The node by which traffic from outside comes in: one of those that can answer; the same one each time where clients are to stick. */
  #entryNode(route: Route): NodeFacts | undefined {
    const nodes = this.#options.nodes.all().filter(({ addresses }) => addresses.length > 0);
    if (!route.port.externalLocal) return nodes[0];
    const answering = nodes.filter((node) => route.choose(node, 'external').outcome === 'endpoints');
    if (answering.length < 2 || route.port.affinityMs > 0) return answering[0] ?? nodes[0];
    return answering[this.#options.random.integer(answering.length)];
  }

  #pick(route: Route, node: NodeFacts, choice: EndpointChoice, client: string): { endpoint: Endpoint; why: string } {
    const { candidates, reason } = choice;
    const { affinityMs } = route.port;
    const draw = (): Endpoint =>
      candidates.length === 1 ? candidates[0]! : candidates[this.#options.random.integer(candidates.length)]!;
    const among =
      candidates.length === 1 ? `the only candidate (${reason})` : `random among ${candidates.length} (${reason})`;
    if (affinityMs === 0) return { endpoint: draw(), why: among };
    const key = affinityKey(route);
    const last = this.#affinity.find(key, node.name, client, affinityMs);
    const stuck = last === undefined ? undefined : candidates.find((candidate) => candidate.key === last);
    const endpoint = stuck ?? draw();
    this.#affinity.remember(key, node.name, client, endpoint.key, affinityMs);
    return {
      endpoint,
      why: stuck === undefined ? `${among}; ${client} is kept there` : `session affinity of ${client}`,
    };
  }

  #unmatched(flow: Flow): Verdict {
    const { address, port } = flow.destination;
    if (!this.#options.serviceRange.contains(address)) return { action: 'pass' };
    if (flow.trace !== undefined) {
      const known = this.#options.table.routesAt(address);
      const ports = known.map((route) => `${route.port.port}/${route.port.protocol}`).join(', ');
      const reason =
        known.length === 0
          ? `no Service has the cluster IP ${address}`
          : `Service ${known[0]!.port.service} has no port ${port}/${flow.protocol}; it has ${ports}`;
      flow.trace.hop({
        stage: 'service',
        where: flow.from.node,
        asked: `${flow.protocol} ${address}:${port}`,
        verdict: 'dropped',
        reason,
        ok: false,
        alternatives: known.map(({ port: { port: other, protocol } }) => ({
          what: `${other}/${protocol}`,
          why: other === port ? 'another protocol' : 'another port',
          taken: false,
        })),
        facts: { service: known[0]?.port.service },
      });
    }
    return { action: 'drop' };
  }
}

const affinityKey = (route: Route): string => `${route.name}/${route.port.protocol}`;

/** Whether the load balancer would not let a client in. */
const isShutOut = ({ port }: Route, asked: string, client: string): boolean =>
  port.sourceRanges.length > 0 &&
  port.loadBalancerAddresses.includes(asked) &&
  !port.sourceRanges.some((range) => range.contains(client));

const hopOf = (flow: Flow, node: NodeFacts) => ({
  stage: 'service',
  where: node.name,
  asked: `${flow.protocol} ${socketAddressText(flow.destination)}`,
});

function serviceHop(flow: Flow, match: Match, choice: EndpointChoice, picked: Endpoint | undefined, why: string): Hop {
  const { route, node, as } = match;
  return {
    ...hopOf(flow, node),
    verdict: picked?.key ?? (choice.outcome === 'refuse' ? 'refused' : 'dropped'),
    reason: `${as} of Service ${route.name}: ${why}`,
    ok: picked !== undefined,
    alternatives: alternatives(route.endpoints, picked, (endpoint) =>
      endpoint === picked ? why : choice.candidates.includes(endpoint) ? 'not picked' : whyNot(endpoint, choice, node),
    ),
    facts: {
      service: route.port.service,
      port: route.port.port,
      portName: route.port.name,
      endpoint: picked?.key,
      node: picked?.node,
      target: picked?.target,
    },
  };
}

/** The endpoints with what became of each; of very many the picked one, the first ones and how many are left. */
function alternatives(
  endpoints: readonly Endpoint[],
  picked: Endpoint | undefined,
  whyOf: (endpoint: Endpoint) => string,
): Alternative[] {
  const some = endpoints.length > MAX_ALTERNATIVES ? endpoints.slice(0, MAX_ALTERNATIVES) : endpoints;
  const told = picked === undefined || some.includes(picked) ? some : [picked, ...some.slice(1)];
  const found = told.map((endpoint) => ({
    what: describe(endpoint),
    why: whyOf(endpoint),
    taken: endpoint === picked,
  }));
  const left = endpoints.length - told.length;
  return left === 0 ? found : [...found, { what: `${left} more endpoints`, why: 'not told one by one', taken: false }];
}

/** A trace of a Service with thousands of endpoints stays one that can be read, and kept. */
const MAX_ALTERNATIVES = 32;

const describe = ({ key, target, node }: Endpoint): string =>
  [key, target === undefined ? '' : ` ${target}`, node === undefined ? '' : ` on ${node}`].join('');
