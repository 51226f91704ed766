import type { ReplicaSet } from '@kubarium/shared';
import { validateSelectorAndTemplate } from '../pod/validate-template.ts';
import type { FieldError } from '../strategy.ts';
import { invalid } from '../validation/field-error.ts';
import { immutableErrors, nonNegativeErrors } from '../validation/immutable.ts';

/** All that is wrong with a ReplicaSet. */
export const validateReplicaSet = ({ spec }: ReplicaSet): FieldError[] => [
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...validateSelectorAndTemplate(spec),
];

/** All that is wrong with the change of a ReplicaSet. */
export const validateReplicaSetChange = (draft: ReplicaSet, old: ReplicaSet): FieldError[] =>
  immutableErrors(draft.spec.selector, old.spec.selector, 'spec.selector');

/** All that is wrong with the change of its status. */
export const validateReplicaSetStatusChange = ({ status }: ReplicaSet): FieldError[] =>
  replicaCountErrors(status, [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ]);

type Counts = { readonly [key in string]?: unknown };

/** Counts in a workload's status: none below zero, none above the count of all replicas, no more available than ready. */
export function replicaCountErrors(status: object, fields: readonly string[]): FieldError[] {
  const counts = status as Counts;
  const count = (key: string): number => (typeof counts[key] === 'number' ? counts[key] : 0);
  const errors = fields.flatMap((key) => nonNegativeErrors(count(key), `status.${key}`));
  for (const key of ['fullyLabeledReplicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas']) {
    if (!fields.includes(key) || count(key) <= count('replicas')) continue;
    errors.push(invalid(`status.${key}`, count(key), 'cannot be greater than status.replicas'));
  }
  if (count('availableReplicas') > count('readyReplicas')) {
    const why = 'cannot be greater than readyReplicas';
    errors.push(invalid('status.availableReplicas', count('availableReplicas'), why));
  }
  return errors;
}
