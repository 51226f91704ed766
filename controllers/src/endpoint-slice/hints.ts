import { deepEqual, type Endpoint, type EndpointHints, type Service } from '@kubarium/shared';
import type { Filling } from './fill-slices.ts';
import { shareOutHints, type ZoneShares } from './zone-allocation.ts';

const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const DEPRECATED_TOPOLOGY_HINTS = 'service.kubernetes.io/topology-aware-hints';

/** Whether the endpoints of a Service are shared out by the CPUs of the zones. Takes precedence over `trafficDistribution`. */
export function isTopologyAware({ metadata: { annotations } }: Pick<Service, 'metadata'>): boolean {
  const mode = annotations?.[DEPRECATED_TOPOLOGY_HINTS] ?? annotations?.[TOPOLOGY_MODE];
  return mode === 'Auto' || mode === 'auto';
}

/**
 * Gives the endpoints of a Service the hints for whom they are meant, and marks slices that change by it. With the topology mode Auto
 * every zone gets its share, and slices that do not change keep their hints as long as these will do; the answer is why that
 * cannot be (nobody has hints then). With `trafficDistribution` each ready endpoint is for its own zone, and with PreferSameNode for
 * its own node too. Otherwise there are none. Source: KEP-2433, KEP-4444, KEP-3015.
 */
export function setHints(service: Service, fillings: readonly Filling[], shares: () => ZoneShares): string | undefined {
  if (isTopologyAware(service)) {
    const obstacle = shareOutHints(fillings, shares());
    if (obstacle === undefined) return undefined;
    giveHints(fillings, () => undefined);
    return obstacle;
  }
  const { trafficDistribution } = service.spec;
  giveHints(fillings, (endpoint) => ownPlace(endpoint, trafficDistribution));
  return undefined;
}

function ownPlace({ conditions, nodeName, zone }: Endpoint, distribution?: string): EndpointHints | undefined {
  if (distribution === undefined || conditions?.ready !== true) return undefined;
  const forNodes = distribution === 'PreferSameNode' && nodeName !== undefined;
  if (!forNodes && zone === undefined) return undefined;
  return {
    ...(forNodes ? { forNodes: [{ name: nodeName }] } : {}),
    ...(zone === undefined ? {} : { forZones: [{ name: zone }] }),
  };
}

function giveHints(fillings: readonly Filling[], hintsOf: (endpoint: Endpoint) => EndpointHints | undefined): void {
  for (const filling of fillings) {
    for (const [index, endpoint] of filling.endpoints.entries()) {
      const wanted = hintsOf(endpoint);
      if (deepEqual(endpoint.hints, wanted)) continue;
      const { hints: _, ...rest } = endpoint;
      filling.endpoints[index] = wanted === undefined ? rest : { ...rest, hints: wanted };
      filling.isChanged = true;
    }
  }
}
