import type { Pod, PodCondition } from '@kubarium/shared';
import { timestamp } from '@kubarium/shared';

/** Sets a condition of a pod's draft; the transition time moves only where the status changes. */
export function setPodCondition(
  pod: Pod,
  condition: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  nowMs: number,
): void {
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== condition.type);
  const before = pod.status.conditions?.find(({ type }) => type === condition.type);
  const lastTransitionTime =
    before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : timestamp(nowMs);
  // The API shows a probe time that never was as null.
  const lastProbeTime = null as unknown as undefined;
  pod.status.conditions = [...others, { ...condition, lastProbeTime, lastTransitionTime }];
}
