import type { Endpoint, EndpointHints, EndpointSlicePort, Node, Pod, Service } from '@kubarium/shared';
import { isPodReady } from '../pod-state.ts';
import { endpointHostname, mayBeEndpoint } from '../service-pods.ts';
import { targetPort } from '../target-port.ts';

/** Endpoints that are reached by the same numbers: they may share slices. */
export interface PortGroup {
  readonly ports: readonly EndpointSlicePort[];
  /** By the pods' uid. */
  readonly endpoints: Map<string, DesiredEndpoint>;
}

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
    group.endpoints.set(pod.metadata.uid, new DesiredEndpoint(pod, service, node));
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

/** A pod as an endpoint. Made into one only where no slice has it yet: most are there already. */
export class DesiredEndpoint {
  readonly #pod: Pod;
  readonly #service: Service;
  readonly #zone: string | undefined;

  constructor(pod: Pod, service: Service, node: Node | undefined) {
    this.#pod = pod;
    this.#service = service;
    this.#zone = zoneOf(node);
  }

  /** True of an endpoint of the same pod where that is still at this address. */
  isAt({ addresses }: Endpoint): boolean {
    return addresses.length === 1 && addresses[0] === this.#pod.status.podIP;
  }

  /** True of an endpoint of the same pod and address where nothing but the hints differs. */
  isSame({ conditions, nodeName, zone, hostname, targetRef }: Endpoint): boolean {
    const { ready, serving, terminating } = this.#conditions();
    return (
      conditions?.ready === ready &&
      conditions.serving === serving &&
      conditions.terminating === terminating &&
      nodeName === this.#pod.spec.nodeName &&
      zone === this.#zone &&
      hostname === endpointHostname(this.#pod, this.#service) &&
      targetRef?.name === this.#pod.metadata.name
    );
  }

  make(hints?: EndpointHints): Endpoint {
    const { namespace, name, uid } = this.#pod.metadata;
    const { nodeName } = this.#pod.spec;
    const hostname = endpointHostname(this.#pod, this.#service);
    return {
      addresses: [this.#pod.status.podIP!],
      conditions: this.#conditions(),
      ...(hostname === undefined ? {} : { hostname }),
      ...(nodeName === undefined ? {} : { nodeName }),
      targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
      ...(this.#zone === undefined ? {} : { zone: this.#zone }),
      ...(hints === undefined ? {} : { hints }),
    };
  }

  #conditions() {
    const serving = isPodReady(this.#pod);
    const terminating = this.#pod.metadata.deletionTimestamp !== undefined;
    const ready = this.#service.spec.publishNotReadyAddresses === true || (serving && !terminating);
    return { ready, serving, terminating };
  }
}

/** The zone that a node is in, by its label. */
export const zoneOf = (node: Node | undefined): string | undefined =>
  node?.metadata.labels?.['topology.kubernetes.io/zone'];
