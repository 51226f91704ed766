import type { PodTemplateSpec, ReplicationController } from '@kubarium/shared';
import { labelSelectorMatches } from '@kubarium/shared';
import { validatePodTemplate } from '../pod/validate-template.ts';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, notSupported, required } from '../validation/field-error.ts';
import { nonNegativeErrors } from '../validation/immutable.ts';
import { REPLICA_SET_COUNTS, replicaCountErrors } from '../validation/replica-counts.ts';

/** All that is wrong with a ReplicationController. */
export const validateReplicationController = ({ spec }: ReplicationController): FieldError[] => [
  ...nonNegativeErrors(spec.minReadySeconds, 'spec.minReadySeconds'),
  ...(Object.keys(spec.selector ?? {}).length === 0 ? [required('spec.selector')] : []),
  ...nonNegativeErrors(spec.replicas, 'spec.replicas'),
  ...templateErrors(spec.template, spec.selector ?? {}),
];

/** All that is wrong with the change of its status. */
export const validateReplicationControllerStatusChange = ({ status }: ReplicationController): FieldError[] =>
  replicaCountErrors(status, REPLICA_SET_COUNTS);

function templateErrors(template: PodTemplateSpec | undefined, selector: Record<string, string>): FieldError[] {
  const field = 'spec.template';
  if (template === undefined) return [required(field)];
  const labels = template.metadata?.labels;
  const errors = labelSelectorMatches({ matchLabels: selector }, labels)
    ? []
    : [invalid(`${field}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')];
  errors.push(...validatePodTemplate(template, field));
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, ['Always']));
  if (activeDeadlineSeconds === undefined) return errors;
  const why = 'activeDeadlineSeconds in ReplicationController is not Supported';
  return [...errors, forbidden(`${field}.spec.activeDeadlineSeconds`, why)];
}
