import { parseTimestamp, type Pod, type Taint, toleratesTaint } from '@kubarium/shared';

/** When a pod must leave a node with these taints: undefined where it may stay for good. */
export function evictionTimeMs(pod: Pod, taints: readonly Taint[], nowMs: number): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const sinceMs = taint.timeAdded === undefined ? nowMs : parseTimestamp(taint.timeAdded);
    const fitting = (pod.spec.tolerations ?? []).filter((toleration) => toleratesTaint(toleration, taint));
    const seconds = fitting.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
    if (fitting.length > 0 && seconds.length === 0) continue;
    const atMs = sinceMs + Math.max(0, Math.min(...seconds, fitting.length === 0 ? 0 : Infinity)) * 1000;
    if (earliest === undefined || atMs < earliest) earliest = atMs;
  }
  return earliest;
}
