import type { ReplicaSet } from '@kubarium/shared';
import { validateSelectorAndTemplate } from '../pod/validate-template.ts';
import type { FieldError } from '../strategy.ts';
import { immutableErrors, nonNegativeErrors } from '../validation/immutable.ts';
import { REPLICA_SET_COUNTS, replicaCountErrors } from '../validation/replica-counts.ts';

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
  replicaCountErrors(status, REPLICA_SET_COUNTS);
