import {
  deepEqual,
  type Draft,
  type EndpointAddress,
  type Endpoints,
  type EndpointPort as EndpointsPort,
  type EndpointSubset,
  type Pod,
  type Service,
} from '@kubarium/shared';
import { isPodReady } from '../pod-state.ts';
import { endpointHostname, mayBeEndpoint } from '../service-pods.ts';
import { targetPort } from '../target-port.ts';
import { TRIGGER_TIME } from '../trigger-time.ts';

const HEADLESS = 'service.kubernetes.io/headless';
export const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const ADDRESSES_MAX = 1000;

/** Ports, and the pods that are reached at all of them. */
interface PortGroup {
  readonly ports: readonly EndpointsPort[];
  readonly ready: Pod[];
  readonly notReady: Pod[];
}

/** The Endpoints object that a Service should have; undefined where `current` is it already. */
export function wantedEndpoints(
  service: Service,
  pods: readonly Pod[],
  current: Endpoints | undefined,
  triggerTime: string | undefined,
): Draft<Endpoints> | undefined {
  const { kept, overCapacity } = truncated(sorted(merged(groupsByPort(service, pods))));
  const subsets = kept.map((group) => subsetOf(group, service));
  const { [HEADLESS]: _headless, ...serviceLabels } = service.metadata.labels ?? {};
  const labels: Record<string, string> = {
    ...serviceLabels,
    [MANAGED_BY]: 'endpoint-controller',
    ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  };
  const { [OVER_CAPACITY]: overBefore, ...before } = current?.metadata.annotations ?? {};
  const isSame =
    current !== undefined &&
    deepEqual(current.subsets ?? [], subsets) &&
    deepEqual(current.metadata.labels, labels) &&
    overBefore === overCapacity;
  if (isSame) return undefined;
  const { [TRIGGER_TIME]: _old, ...others } = before;
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    ...current,
    metadata: {
      ...(current?.metadata ?? { namespace: service.metadata.namespace, name: service.metadata.name }),
      labels,
      annotations: {
        ...others,
        ...(triggerTime === undefined ? {} : { [TRIGGER_TIME]: triggerTime }),
        ...(overCapacity === undefined ? {} : { [OVER_CAPACITY]: overCapacity }),
      },
    },
    subsets,
  };
}

/**
 * Pods grouped by port, and ports with the same pods put together, as the real controller repacks them: a pod stands in several
 * subsets where others share only some of its ports.
 */
function groupsByPort(service: Service, pods: readonly Pod[]): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  const isNamed = (service.spec.ports ?? []).some((port) => typeof port.targetPort === 'string');
  let reached: readonly PortGroup[] | undefined;
  for (const pod of pods) {
    if (!mayBeEndpoint(pod) || (pod.metadata.deletionTimestamp !== undefined && !publishes(service))) continue;
    // With numbers only, all pods are reached alike.
    if (reached === undefined || isNamed)
      reached = portsOf(pod, service).map((ports) => {
        const key = JSON.stringify(ports);
        const group: PortGroup = groups.get(key) ?? { ports, ready: [], notReady: [] };
        groups.set(key, group);
        return group;
      });
    const isReady = publishes(service) || isPodReady(pod);
    for (const group of reached) (isReady ? group.ready : group.notReady).push(pod);
  }
  return [...groups.values()];
}

/** Groups of the same pods become one. */
function merged(groups: readonly PortGroup[]): PortGroup[] {
  if (groups.length === 1) return [...groups];
  const uids = (pods: readonly Pod[]): string => pods.map(({ metadata }) => metadata.uid).join();
  const alike = Map.groupBy(groups, ({ ready, notReady }) => `${uids(ready)}/${uids(notReady)}`);
  return [...alike.values()].map((same) => ({ ...same[0]!, ports: same.flatMap(({ ports }) => ports) }));
}

/** Groups by their ports, pods by their address. */
const sorted = (groups: readonly PortGroup[]): PortGroup[] =>
  groups
    .map(({ ports, ready, notReady }) => ({
      ports,
      ready: ready.toSorted(byAddress),
      notReady: notReady.toSorted(byAddress),
      key: JSON.stringify(ports),
    }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));

const byAddress = ({ status: a, metadata: { uid } }: Pod, { status: b, metadata: other }: Pod): number =>
  a.podIP === b.podIP ? (uid < other.uid ? -1 : 1) : a.podIP! < b.podIP! ? -1 : 1;

function subsetOf({ ports, ready, notReady }: PortGroup, service: Service): EndpointSubset {
  const addresses = (pods: readonly Pod[]): EndpointAddress[] => pods.map((pod) => addressOf(pod, service));
  return {
    ...(ready.length === 0 ? {} : { addresses: addresses(ready) }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: addresses(notReady) }),
    ...(ports.length === 0 ? {} : { ports: [...ports] }),
  };
}

const publishes = ({ spec }: Service): boolean => spec.publishNotReadyAddresses === true;

/** The ports that the pod has, each by itself; of a headless Service without ports none, once. */
function portsOf(pod: Pod, service: Service): EndpointsPort[][] {
  const servicePorts = service.spec.ports ?? [];
  if (servicePorts.length === 0) return service.spec.clusterIP === 'None' ? [[]] : [];
  return servicePorts.flatMap((servicePort): EndpointsPort[][] => {
    const port = targetPort(pod, servicePort);
    if (port === undefined) return [];
    const { name, protocol = 'TCP', appProtocol } = servicePort;
    return [
      [
        {
          ...(name === undefined ? {} : { name }),
          port,
          protocol,
          ...(appProtocol === undefined ? {} : { appProtocol }),
        },
      ],
    ];
  });
}

function addressOf(pod: Pod, service: Service): EndpointAddress {
  const { namespace, name, uid } = pod.metadata;
  const hostname = endpointHostname(pod, service);
  return {
    ip: pod.status.podIP!,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName === undefined ? {} : { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, uid },
  };
}

/** At most 1,000 addresses in all, ready ones first; says so in an annotation. */
function truncated(all: readonly PortGroup[]): { kept: readonly PortGroup[]; overCapacity: string | undefined } {
  const count = all.reduce((sum, { ready, notReady }) => sum + ready.length + notReady.length, 0);
  if (count <= ADDRESSES_MAX) return { kept: all, overCapacity: undefined };
  let left = ADDRESSES_MAX;
  const take = (pods: readonly Pod[]): Pod[] => {
    const taken = pods.slice(0, left);
    left -= taken.length;
    return taken;
  };
  const withReady = all.map((group) => ({ ...group, ready: take(group.ready) }));
  const kept = withReady.map((group) => ({ ...group, notReady: take(group.notReady) }));
  return { kept: kept.filter(({ ready, notReady }) => ready.length + notReady.length > 0), overCapacity: 'truncated' };
}
