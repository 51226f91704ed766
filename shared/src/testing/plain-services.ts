import type { EndpointSlice } from '../api/discovery-v1.ts';
import type { Service } from '../api/core-v1.ts';
import { ipv4Range } from '../net/ipv4-range.ts';
import type { Protocol, SocketAddress } from '../net/network-namespace.ts';

/** Who sends: a pod or a node by its address, or somebody outside, whose node is none of the cluster's. */
export interface Sender {
  readonly kind: 'pod' | 'node' | 'outside';
  readonly address: string;
  readonly node: string;
}

export interface PlainNode {
  readonly name: string;
  readonly zone: string | undefined;
  readonly address: string;
}

/** Where a packet may go: `address:port from ADDRESS`, the last being whom it seems to come from there. */
export type PlainTarget = string;

/**
 * A plain model of what kube-proxy does: it looks at the objects themselves, all of them, for every packet. Slow, but short enough to
 * check by eye. Answers with all the places that a packet may reach, or what becomes of it else; Service addresses are of 10.96.0.0/16.
 */
export function plainTargets(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  nodes: readonly PlainNode[],
  sender: Sender,
  { address, port: asked }: SocketAddress,
  protocol: Protocol,
): readonly PlainTarget[] | 'refuse' | 'drop' | 'pass' {
  const askedNode = nodes.find((node) => node.address === address);
  const inside = sender.kind !== 'outside';
  for (const { spec, metadata, status } of services) {
    if (spec.clusterIP === 'None' || spec.type === 'ExternalName') continue;
    for (const port of spec.ports ?? []) {
      if ((port.protocol ?? 'TCP') !== protocol) continue;
      const isCluster = spec.clusterIP === address && port.port === asked;
      const balancers = (status.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      const isBalancer = spec.type === 'LoadBalancer' && balancers.includes(address) && port.port === asked;
      const isExternal = isBalancer || ((spec.externalIPs ?? []).includes(address) && port.port === asked);
      const isNodePort = askedNode !== undefined && port.nodePort === asked;
      if (!isCluster && !isExternal && !isNodePort) continue;
      const ranges = spec.loadBalancerSourceRanges ?? [];
      if (isBalancer && ranges.length > 0 && !ranges.some((range) => ipv4Range(range).contains(sender.address))) {
        return 'drop';
      }
      const found = slices
        .filter(({ metadata: { namespace, labels } }) => {
          return namespace === metadata.namespace && labels?.['kubernetes.io/service-name'] === metadata.name;
        })
        // Of an endpoint in two slices, the one in the slice whose name comes first counts.
        .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
        .flatMap((slice) =>
          (slice.ports ?? [])
            .filter((one) => (one.name ?? '') === (port.name ?? '') && (one.protocol ?? 'TCP') === protocol)
            .flatMap((one) =>
              slice.endpoints.map((endpoint) => ({ endpoint, to: `${endpoint.addresses[0]}:${one.port}` })),
            ),
        );
      const isFirst = (one: (typeof found)[number], index: number, all: typeof found): boolean =>
        all.findIndex(({ to }) => to === one.to) === index;
      const ready = found.filter(({ endpoint }) => endpoint.conditions?.ready !== false).filter(isFirst);
      const isReady = new Set(ready.map((one) => one.to));
      const leaving = found.filter(
        ({ endpoint, to }) =>
          !isReady.has(to) && endpoint.conditions?.serving !== false && endpoint.conditions?.terminating === true,
      );
      if (ready.length + leaving.length === 0) return 'refuse';
      const policy = isCluster ? spec.internalTrafficPolicy : inside ? 'Cluster' : spec.externalTrafficPolicy;
      const candidates = (node: string): typeof found => {
        const own = (list: typeof found): typeof found => list.filter(({ endpoint }) => endpoint.nodeName === node);
        if (policy === 'Local') return [own(ready), own(leaving)].find((list) => list.length > 0) ?? [];
        if (ready.length === 0) return leaving;
        const zone = nodes.find(({ name }) => name === node)?.zone;
        for (const [key, here] of [
          ['forNodes', node],
          ['forZones', zone],
        ] as const) {
          const hints = ready.map(({ endpoint }) => endpoint.hints?.[key] ?? []);
          if (here === undefined || hints.some((list) => list.length === 0)) continue;
          const near = ready.filter((_, index) => hints[index]!.some(({ name }) => name === here));
          if (near.length > 0) return near;
        }
        return ready;
      };
      // Answers must come back through the node that changed the address, unless the endpoint can answer the sender itself.
      const isMasked = !isCluster && (spec.externalTrafficPolicy !== 'Local' || sender.kind === 'node');
      const reached = (node: string): PlainTarget[] =>
        candidates(node).map(({ to }) => {
          const isSelf = to.startsWith(`${sender.address}:`);
          const via = nodes.find(({ name }) => name === node)?.address;
          return `${to} from ${isMasked || isSelf ? via : sender.address}`;
        });
      // From outside, a load balancer picks a node that can answer; under policy Cluster it is always the first.
      const entries = isNodePort
        ? [askedNode.name]
        : isCluster || inside
          ? [sender.node]
          : policy === 'Local'
            ? nodes.map(({ name }) => name)
            : [nodes[0]!.name];
      const targets = [...new Set(entries.flatMap(reached))];
      return targets.length === 0 ? 'drop' : targets;
    }
  }
  return address.startsWith('10.96.') ? 'drop' : 'pass';
}
