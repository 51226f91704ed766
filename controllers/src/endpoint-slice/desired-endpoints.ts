import type { Endpoint, EndpointSlicePort, Node, Pod, Service } from '@kubarium/shared';
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

/**
 * The endpoints that a Service should have, by the ports that its target ports mean on each pod. They have no hints yet. A pod whose node
 * is gone is none, but where the Service publishes pods in any state.
 */
export function desiredEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
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
    const node = nodeOf(pod.spec.nodeName ?? '');
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) continue;
    const endpoint = endpointOf(pod, service, node);
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

function endpointOf(pod: Pod, service: Service, node: Node | undefined): Endpoint {
  const { namespace, name, uid, deletionTimestamp } = pod.metadata;
  const { nodeName } = pod.spec;
  const serving = isPodReady(pod);
  const terminating = deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const hostname = endpointHostname(pod, service);
  const zone = zoneOf(node);
  return {
    addresses: [pod.status.podIP!],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
    ...(zone === undefined ? {} : { zone }),
  };
}

/** The zone that a node is in, by its label. */
export const zoneOf = (node: Node | undefined): string | undefined =>
  node?.metadata.labels?.['topology.kubernetes.io/zone'];

/** True where nothing but the hints differs. */
export const isSameEndpoint = (a: Endpoint, b: Endpoint): boolean =>
  a === b ||
  (a.conditions?.ready === b.conditions?.ready &&
    a.conditions?.serving === b.conditions?.serving &&
    a.conditions?.terminating === b.conditions?.terminating &&
    a.nodeName === b.nodeName &&
    a.zone === b.zone &&
    a.hostname === b.hostname &&
    a.targetRef?.uid === b.targetRef?.uid &&
    a.targetRef?.name === b.targetRef?.name &&
    a.addresses.length === b.addresses.length &&
    a.addresses[0] === b.addresses[0]);
