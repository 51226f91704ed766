import {
  deepEqual,
  type Endpoint,
  type EndpointHints,
  type EndpointSlicePort,
  type Pod,
  type Service,
} from '@kubarium/shared';
import { isPodReady } from '../pod-state.ts';
import { endpointHostname, mayBeEndpoint } from '../service-pods.ts';
import { targetPort } from '../target-port.ts';

/** Endpoints that are reached by the same numbers: they may share slices. */
export interface PortGroup {
  readonly ports: readonly EndpointSlicePort[];
  /** By endpoint key. */
  readonly endpoints: Map<string, Endpoint>;
}

/** What tells two endpoints of one Service apart: the pod behind it and its address. */
export const endpointKey = ({ targetRef, addresses }: Endpoint): string =>
  `${targetRef?.uid ?? ''}/${addresses.join()}`;

/** What tells two port lists apart. */
export const portsKey = (ports: readonly EndpointSlicePort[] | undefined): string =>
  JSON.stringify(
    (ports ?? [])
      .map(({ name = '', port, protocol = 'TCP', appProtocol }) => [name, port, protocol, appProtocol])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );

/** The endpoints that a Service should have, by the ports that its target ports mean on each pod. */
export function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  zoneOf: (nodeName: string) => string | undefined,
): Map<string, PortGroup> {
  const groups = new Map<string, PortGroup>();
  const servicePorts = service.spec.ports ?? [];
  const isNamed = servicePorts.some((port) => typeof port.targetPort === 'string');
  let group: PortGroup | undefined;
  for (const pod of pods) {
    if (!mayBeEndpoint(pod)) continue;
    // With numbers only, all pods are reached alike.
    if (group === undefined || isNamed) {
      const ports = portsOn(pod, service);
      const key = portsKey(ports);
      group = groups.get(key) ?? { ports, endpoints: new Map() };
      groups.set(key, group);
    }
    const endpoint = endpointOf(pod, service, zoneOf);
    group.endpoints.set(endpointKey(endpoint), endpoint);
  }
  return groups;
}

/** A target port that the pod does not have is left out, as the real controller does. */
function portsOn(pod: Pod, service: Service): EndpointSlicePort[] {
  return (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPort(pod, servicePort);
    if (port === undefined) return [];
    const { name = '', protocol = 'TCP', appProtocol } = servicePort;
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }];
  });
}

function endpointOf(pod: Pod, service: Service, zoneOf: (nodeName: string) => string | undefined): Endpoint {
  const { namespace, name, uid, deletionTimestamp } = pod.metadata;
  const { nodeName } = pod.spec;
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const hostname = endpointHostname(pod, service);
  const zone = nodeName === undefined ? undefined : zoneOf(nodeName);
  const hints = ready ? endpointHints(service, nodeName, zone) : undefined;
  return {
    addresses: [pod.status.podIP!],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
    ...(zone === undefined ? {} : { zone }),
    ...(hints === undefined ? {} : { hints }),
  };
}

/**
 * For whom a ready endpoint is meant, by the Service's `trafficDistribution`: each for its own zone, and with PreferSameNode for its
 * own node too. Source: KEP-4444, KEP-3015. Simplified: the annotation `service.kubernetes.io/topology-mode: Auto` gives no hints; the
 * real controller shares endpoints out by the CPUs of each zone.
 */
function endpointHints(
  { spec: { trafficDistribution } }: Pick<Service, 'spec'>,
  nodeName: string | undefined,
  zone: string | undefined,
): EndpointHints | undefined {
  const forNodes = trafficDistribution === 'PreferSameNode' && nodeName !== undefined;
  const forZones = trafficDistribution !== undefined && zone !== undefined;
  if (!forNodes && !forZones) return undefined;
  return {
    ...(forNodes ? { forNodes: [{ name: nodeName }] } : {}),
    ...(forZones ? { forZones: [{ name: zone }] } : {}),
  };
}

/** True where nothing that a reader sees differs. */
export const isSameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a === b ||
  (a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    deepEqual(a.hints, b.hints) &&
    a.hostname === b.hostname &&
    a.targetRef?.uid === b.targetRef?.uid &&
    a.targetRef?.name === b.targetRef?.name &&
    a.addresses.length === b.addresses.length &&
    a.addresses[0] === b.addresses[0]);
