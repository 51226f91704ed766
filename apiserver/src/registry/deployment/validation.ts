import type { Deployment, DeploymentStrategy } from '@kubarium/shared';
import { validateSelectorAndTemplate } from '../pod/validate-template.ts';
import { replicaCountErrors } from '../validation/replica-counts.ts';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, notSupported } from '../validation/field-error.ts';
import { immutableErrors, nonNegativeErrors } from '../validation/immutable.ts';
import { percentErrors } from '../validation/names.ts';

/** All that is wrong with a Deployment. */
export function validateDeployment({ spec }: Deployment): FieldError[] {
  const deadline = spec.progressDeadlineSeconds;
  const errors = [
    ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
    ...validateSelectorAndTemplate(spec),
    ...strategyErrors(spec.strategy ?? {}),
    ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...nonNegativeErrors(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
    ...nonNegativeErrors(deadline, 'spec.progressDeadlineSeconds'),
  ];
  return deadline === undefined || deadline > (spec.minReadySeconds ?? 0)
    ? errors
    : [...errors, invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')];
}

/** All that is wrong with the change of a Deployment. */
export const validateDeploymentChange = (draft: Deployment, old: Deployment): FieldError[] =>
  immutableErrors(draft.spec.selector, old.spec.selector, 'spec.selector');

/** All that is wrong with the change of its status: also, hash collisions are never forgotten. */
export function validateDeploymentStatusChange({ status }: Deployment, old: Deployment): FieldError[] {
  const errors = replicaCountErrors(status, STATUS_COUNTS);
  const before = old.status.collisionCount;
  return before !== undefined && (status.collisionCount === undefined || status.collisionCount < before)
    ? [...errors, invalid('status.collisionCount', status.collisionCount ?? null, 'cannot be decremented')]
    : errors;
}

const STATUS_COUNTS = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'collisionCount',
];

function strategyErrors(strategy: DeploymentStrategy): FieldError[] {
  const field = 'spec.strategy.rollingUpdate';
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    return rollingUpdate ? [forbidden(field, "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    return [notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])];
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
  const errors = [
    ...amountErrors(maxUnavailable, `${field}.maxUnavailable`),
    ...amountErrors(maxSurge, `${field}.maxSurge`),
  ];
  if (amount(maxUnavailable) === 0 && amount(maxSurge) === 0) {
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  if (typeof maxUnavailable === 'string' && amount(maxUnavailable) > 100) {
    errors.push(invalid(`${field}.maxUnavailable`, maxUnavailable, 'must not be greater than 100%'));
  }
  return errors;
}

const amountErrors = (value: number | string, field: string): FieldError[] =>
  typeof value === 'string' ? invalidEach(field, value, percentErrors(value)) : nonNegativeErrors(value, field);

/** The number in a count or percentage; 0 for a text that is neither. */
const amount = (value: number | string): number =>
  typeof value === 'number' ? value : /^\d+%$/.test(value) ? Number(value.slice(0, -1)) : 0;
