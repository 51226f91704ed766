import { parseTimestamp, type Pod, type PodCondition } from '@kubarium/shared';

export const podCondition = (pod: Pod, type: string): PodCondition | undefined =>
  pod.status.conditions?.find((condition) => condition.type === type);

/** True where the pod's condition Ready is True. */
export const isPodReady = (pod: Pod): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** True where all its containers have ended for good. */
export const isPodTerminal = (pod: Pod): boolean => pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';

/** True where the pod counts as a replica: neither ended nor being deleted. */
export const isPodActive = (pod: Pod): boolean => !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;

/** When a pod has been ready for `minReadySeconds`; undefined where it is not ready. May lie in the future. */
export function podAvailableAtMs(pod: Pod, minReadySeconds: number): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0) return 0;
  return ready.lastTransitionTime === undefined
    ? undefined
    : parseTimestamp(ready.lastTransitionTime) + minReadySeconds * 1000;
}
