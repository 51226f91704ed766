import type { LabelSelector, PodTemplateSpec } from '@kubarium/shared';
import { labelSelectorMatches } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, notSupported, required } from '../validation/field-error.ts';
import { isEmptySelector, labelSelectorErrors, labelsErrors } from '../validation/labels.ts';
import { annotationsErrors } from '../validation/object-meta.ts';
import { validatePodSpec } from './validate-spec.ts';

/** All that is wrong with a template of pods. */
export const validatePodTemplate = ({ metadata, spec }: PodTemplateSpec, field: string): FieldError[] => [
  ...labelsErrors(metadata?.labels, `${field}.labels`),
  ...annotationsErrors(metadata?.annotations, `${field}.annotations`),
  ...((spec?.ephemeralContainers ?? []).length > 0
    ? [forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')]
    : []),
  ...(spec ? validatePodSpec(spec, `${field}.spec`, false) : []),
];

interface Workload {
  readonly selector?: LabelSelector | undefined;
  readonly template?: PodTemplateSpec | undefined;
}

/** What is wrong with the selector and the template of a workload whose pods run for ever. */
export const validateSelectorAndTemplate = ({ selector, template }: Workload): FieldError[] => [
  ...selectorErrors(selector),
  ...templateErrors(selector, template),
];

function selectorErrors(selector: LabelSelector | undefined): FieldError[] {
  const field = 'spec.selector';
  if (!selector) return [required(field)];
  const errors = labelSelectorErrors(selector, field);
  return isEmptySelector(selector)
    ? [...errors, invalid(field, selector, 'empty selector is invalid for deployment')]
    : errors;
}

function templateErrors(selector: LabelSelector | undefined, template: PodTemplateSpec | undefined): FieldError[] {
  const field = 'spec.template';
  const labels = template?.metadata?.labels;
  if (labelSelectorErrors(selector, '').length > 0)
    return [invalid('spec.selector', selector, 'invalid label selector')];
  // Without a selector nothing is selected.
  const selected = Boolean(selector) && (isEmptySelector(selector) || labelSelectorMatches(selector, labels));
  const errors = selected
    ? []
    : [invalid(`${field}.metadata.labels`, labels ?? null, '`selector` does not match template `labels`')];
  errors.push(...validatePodTemplate(template ?? ({ metadata: {} } as PodTemplateSpec), field));
  const restartPolicy = template?.spec?.restartPolicy;
  if (restartPolicy !== 'Always') errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy, ['Always']));
  return template?.spec?.activeDeadlineSeconds === undefined
    ? errors
    : [
        ...errors,
        forbidden(`${field}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported'),
      ];
}
