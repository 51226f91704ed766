import { keyOf, type Pod, type PodAffinityTerm } from '@kubarium/shared';
import { podRequests, type Resources } from './resources.ts';

export interface HostPortUse {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

/** What the scheduler wants to know of a pod, worked out once. */
export interface PodInfo {
  readonly pod: Pod;
  readonly key: string;
  readonly namespace: string;
  readonly requests: Resources;
  readonly hostPorts: readonly HostPortUse[];
  /** The uid of the object that controls it; replicas of one owner are spread. */
  readonly owner: string | undefined;
  readonly requiredAntiAffinity: readonly PodAffinityTerm[];
}

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    key: keyOf(pod),
    namespace: pod.metadata.namespace ?? '',
    requests: podRequests(pod),
    hostPorts: [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((container) =>
      (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol }) =>
        hostPort === undefined || hostPort === 0
          ? []
          : [{ address: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort }],
      ),
    ),
    owner: pod.metadata.ownerReferences?.find((reference) => reference.controller === true)?.uid,
    requiredAntiAffinity: pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
  };
}
