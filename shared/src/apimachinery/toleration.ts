import type { Taint, Toleration } from '../api/core-v1.ts';

type Effect = Pick<Taint, 'key' | 'value' | 'effect'>;

/** Whether one of the tolerations covers a taint. */
export const tolerates = (tolerations: readonly Toleration[] | undefined, taint: Effect): boolean =>
  (tolerations ?? []).some((toleration) => toleratesTaint(toleration, taint));

/** Whether a toleration covers a taint (Kubernetes docs, "Taints and Tolerations"); empty fields are like absent ones. */
export function toleratesTaint(toleration: Toleration, taint: Effect): boolean {
  const { key = '', effect = '', operator = 'Equal', value = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '' ? operator !== 'Exists' : key !== taint.key) return false;
  return operator === 'Exists' || value === (taint.value ?? '');
}
