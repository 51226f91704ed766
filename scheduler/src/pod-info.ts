import { NONE, keyOf, type Pod, type PodAffinityTerm, type WeightedPodAffinityTerm } from '@kubarium/shared';
import { podRequests, type Resources } from './resources.ts';

export interface HostPortUse {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

/** What the scheduler wants to know of a pod, worked out once. */
export interface PodInfo {
  /** The newest that is known of it; see `Snapshot.renew`. */
  pod: Pod;
  readonly key: string;
  readonly namespace: string;
  readonly requests: Resources;
  readonly hostPorts: readonly HostPortUse[];
  /** The uid of the object that controls it; replicas of one owner are spread. */
  readonly owner: string | undefined;
  readonly requiredAntiAffinity: readonly PodAffinityTerm[];
  /** What it would rather be near to (positive weight) or away from (negative). */
  readonly preferences: readonly PodPreference[];
}

export interface PodPreference {
  readonly term: PodAffinityTerm;
  readonly weight: number;
}

/** A placed pod's required affinity also speaks for pods that come later, if weakly (hardPodAffinityWeight). */
const REQUIRED_AFFINITY_WEIGHT = 1;

export function podInfo(pod: Pod): PodInfo {
  return {
    pod,
    key: keyOf(pod),
    namespace: pod.metadata.namespace ?? '',
    requests: podRequests(pod),
    hostPorts: orNone(hostPortsOf(pod)),
    owner: pod.metadata.ownerReferences?.find((reference) => reference.controller === true)?.uid,
    requiredAntiAffinity: pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? NONE,
    preferences: orNone(preferencesOf(pod)),
  };
}

const orNone = <T>(list: readonly T[]): readonly T[] => (list.length === 0 ? NONE : list);

const hostPortsOf = ({ spec }: Pod): HostPortUse[] =>
  [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol }) =>
      hostPort === undefined || hostPort === 0
        ? []
        : [{ address: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP', port: hostPort }],
    ),
  );

function preferencesOf({ spec: { affinity } }: Pod): PodPreference[] {
  const weighted = (terms: readonly WeightedPodAffinityTerm[] | undefined, sign: 1 | -1): PodPreference[] =>
    (terms ?? []).map(({ weight, podAffinityTerm: term }) => ({ term, weight: sign * weight }));
  return [
    ...weighted(affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1),
    ...weighted(affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1),
  ];
}

/** What a placed pod says about pods that come later. */
export const attractionsOf = (info: PodInfo): readonly PodPreference[] => [
  ...info.preferences,
  ...(info.pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map((term) => ({
    term,
    weight: REQUIRED_AFFINITY_WEIGHT,
  })),
];
