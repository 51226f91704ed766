import type { ServicePort } from './service-ports.ts';
import type { Endpoint } from './slice-endpoints.ts';

/** The node whose rules decide. */
export interface ProxyNode {
  readonly name: string;
  readonly zone: string | undefined;
}

/**
 * How traffic comes in. `internal`: to a cluster IP. `external`: to a node port, external IP or load balancer address, from
 * outside the cluster. `short-circuit`: to one of those from a pod or a node, which a Local policy does not bind.
 */
export type Entrance = 'internal' | 'external' | 'short-circuit';

export interface EndpointChoice {
  /**
   * `refuse`: nobody at all could answer (REJECT). `drop`: others could, but policy asks for this node's own (DROP): the client gets no
   * answer.
   */
  readonly outcome: 'endpoints' | 'refuse' | 'drop';
  /** Empty but for the outcome `endpoints`. */
  readonly candidates: readonly Endpoint[];
  /** Whether a policy Local kept other nodes' endpoints out. */
  readonly isLocal: boolean;
  readonly reason: string;
}

/**
 * The endpoints among which a node's proxy picks, in this precedence:
 *
 * 1. No endpoint in the whole cluster that is ready, nor any that is serving while it terminates: refuse.
 * 2. Policy Local (`internalTrafficPolicy` for cluster IPs, `externalTrafficPolicy` for what comes from outside): the node's own
 *    ready endpoints; without any, its own that are serving though terminating; without any, drop.
 * 3. Policy Cluster: the ready endpoints.
 *    a. Where all of them have node hints and some are for this node: those (trafficDistribution PreferSameNode).
 *    b. Else where all have zone hints and some are for this node's zone: those (PreferSameZone, PreferClose).
 * 4. None ready: those that are serving though terminating.
 *
 * Source: KEP-1669 (terminating endpoints), KEP-2086 and KEP-1138 (Local policies), KEP-2433 and KEP-3015 (hints); pkg/proxy/topology.go.
 */
export function chooseEndpoints(
  port: Pick<ServicePort, 'internalLocal' | 'externalLocal'>,
  endpoints: readonly Endpoint[],
  node: ProxyNode,
  entrance: Entrance,
): EndpointChoice {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const terminating = endpoints.filter(isFallback);
  if (ready.length === 0 && terminating.length === 0) {
    const reason = endpoints.length === 0 ? 'the Service has no endpoints' : 'no endpoint is ready';
    return { outcome: 'refuse', candidates: [], isLocal: false, reason };
  }
  if (entrance === 'internal' ? port.internalLocal : entrance === 'external' && port.externalLocal) {
    const policy = `${entrance}TrafficPolicy Local`;
    const own = ready.filter((endpoint) => endpoint.node === node.name);
    if (own.length > 0) return chosen(own, `${policy}: ready on ${node.name}`, true);
    const leaving = terminating.filter((endpoint) => endpoint.node === node.name);
    if (leaving.length > 0)
      return chosen(leaving, `${policy}: none ready on ${node.name}, terminating but serving`, true);
    return { outcome: 'drop', candidates: [], isLocal: true, reason: `${policy}, and no endpoint is on ${node.name}` };
  }
  if (ready.length === 0) return chosen(terminating, 'none is ready, terminating but serving');
  if (ready.every(({ nodeHints }) => nodeHints !== undefined && nodeHints.length > 0)) {
    const near = ready.filter(({ nodeHints }) => nodeHints!.includes(node.name));
    if (near.length > 0) return chosen(near, `ready, with a hint for ${node.name}`);
  }
  const { zone } = node;
  if (zone !== undefined && ready.every(({ zoneHints }) => zoneHints !== undefined && zoneHints.length > 0)) {
    const near = ready.filter(({ zoneHints }) => zoneHints!.includes(zone));
    if (near.length > 0) return chosen(near, `ready, with a hint for zone ${zone}`);
  }
  return chosen(ready, 'ready');
}

/** Why an endpoint is not among the candidates, for traces. */
export function whyNot(endpoint: Endpoint, choice: EndpointChoice, node: ProxyNode): string {
  if (!endpoint.ready && !isFallback(endpoint)) return endpoint.terminating ? 'terminating' : 'not ready';
  if (!endpoint.ready) return 'terminating, and others are ready';
  if (choice.isLocal && endpoint.node !== node.name) return `not on ${node.name}`;
  return 'no hint for here';
}

const isFallback = (endpoint: Endpoint): boolean => !endpoint.ready && endpoint.serving && endpoint.terminating;

const chosen = (candidates: readonly Endpoint[], reason: string, isLocal = false): EndpointChoice => ({
  outcome: 'endpoints',
  candidates,
  isLocal,
  reason,
});
