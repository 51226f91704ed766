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
  const all = subsets(service, pods);
  const { kept, overCapacity } = truncated(all);
  const { [HEADLESS]: _headless, ...serviceLabels } = service.metadata.labels ?? {};
  const labels: Record<string, string> = {
    ...serviceLabels,
    [MANAGED_BY]: 'endpoint-controller',
    ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
  };
  const { [OVER_CAPACITY]: overBefore, ...before } = current?.metadata.annotations ?? {};
  const isSame =
    current !== undefined &&
    deepEqual(current.subsets ?? [], kept) &&
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
    subsets: kept,
  };
}

/**
 * Addresses grouped by port, and ports with the same addresses put together, as the real controller repacks them: a pod stands in several
 * subsets where others share only some of its ports. Addresses are sorted by IP, subsets by their ports.
 */
function subsets(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const addresses = (of: readonly Pod[]): EndpointAddress[] =>
    of.map((pod) => addressOf(pod, service)).toSorted(byAddress);
  return merged(groupsByPort(service, pods))
    .map((group) => ({ ...group, key: JSON.stringify(group.ports) }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ ports, ready, notReady }) => ({
      ...(ready.length === 0 ? {} : { addresses: addresses(ready) }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: addresses(notReady) }),
      ...(ports.length === 0 ? {} : { ports: [...ports] }),
    }));
}

function groupsByPort(service: Service, pods: readonly Pod[]): PortGroup[] {
  const groups = new Map<string, PortGroup>();
  for (const pod of pods) {
    if (!mayBeEndpoint(pod) || (pod.metadata.deletionTimestamp !== undefined && !publishes(service))) continue;
    const isReady = publishes(service) || isPodReady(pod);
    for (const ports of portsOf(pod, service)) {
      const key = JSON.stringify(ports);
      let group = groups.get(key);
      if (group === undefined) groups.set(key, (group = { ports, ready: [], notReady: [] }));
      (isReady ? group.ready : group.notReady).push(pod);
    }
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

const publishes = ({ spec }: Service): boolean => spec.publishNotReadyAddresses === true;

const byAddress = (a: EndpointAddress, b: EndpointAddress): number =>
  a.ip === b.ip ? ((a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1) : a.ip < b.ip ? -1 : 1;

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
function truncated(all: readonly EndpointSubset[]): { kept: EndpointSubset[]; overCapacity: string | undefined } {
  const count = (of: 'addresses' | 'notReadyAddresses'): number =>
    all.reduce((sum, subset) => sum + (subset[of]?.length ?? 0), 0);
  if (count('addresses') + count('notReadyAddresses') <= ADDRESSES_MAX)
    return { kept: [...all], overCapacity: undefined };
  let left = ADDRESSES_MAX;
  const take = (addresses: readonly EndpointAddress[] = []): EndpointAddress[] => {
    const taken = addresses.slice(0, left);
    left -= taken.length;
    return taken;
  };
  const ready = all.map((subset) => take(subset.addresses));
  const notReady = all.map((subset) => take(subset.notReadyAddresses));
  const kept = all.flatMap(({ ports }, at) => {
    if (ready[at]!.length + notReady[at]!.length === 0) return [];
    return [
      {
        ...(ready[at]!.length === 0 ? {} : { addresses: ready[at]! }),
        ...(notReady[at]!.length === 0 ? {} : { notReadyAddresses: notReady[at]! }),
        ...(ports === undefined ? {} : { ports }),
      },
    ];
  });
  return { kept, overCapacity: 'truncated' };
}
