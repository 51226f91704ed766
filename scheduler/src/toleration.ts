import type { Taint, Toleration } from '@kubarium/shared';

type Effect = Pick<Taint, 'key' | 'value' | 'effect'>;

/** True where one of the tolerations covers the taint (Kubernetes docs, "Taints and Tolerations"). */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Effect): boolean {
  return (tolerations ?? []).some(
    ({ key, operator = 'Equal', value, effect }) =>
      (effect === undefined || (effect as string) === '' || effect === taint.effect) &&
      (key === undefined || key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || (value ?? '') === (taint.value ?? '')),
  );
}
