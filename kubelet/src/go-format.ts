import type { Pod } from '@kubarium/shared';

/** A duration as Go prints it: `12ms`, `1.5s`, `2m40s`, `5m0s`. Whole milliseconds only. */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor((milliseconds % 3_600_000) / 60_000);
  const seconds = (milliseconds % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}

/** A pod as the kubelet's messages name it: `name_namespace(uid)`. */
export const formatPod = (pod: Pod): string => `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;

/** A list as Go prints it with %v: `[a b]`. */
export const goList = (items: readonly string[]): string => `[${items.join(' ')}]`;

/** Several errors as one, as apimachinery's aggregate prints them: one as it is, more as `[a, b]`; the same one only once. */
export function aggregate(messages: readonly string[]): string {
  const distinct = [...new Set(messages)];
  return distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`;
}
