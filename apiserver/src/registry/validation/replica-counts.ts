import type { FieldError } from '../strategy.ts';
import { invalid } from './field-error.ts';
import { nonNegativeErrors } from './immutable.ts';

/** The counts in the status of what keeps a number of pods: ReplicaSet, ReplicationController. */
export const REPLICA_SET_COUNTS = [
  'replicas',
  'fullyLabeledReplicas',
  'readyReplicas',
  'availableReplicas',
  'observedGeneration',
] as const;

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
