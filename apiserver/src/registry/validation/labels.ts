import type { LabelSelector, LabelSelectorRequirement } from '@kubarium/shared';
import { labelKeyErrors, labelValueErrors } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, required } from './field-error.ts';

/** What is wrong with a set of labels, or with a plain map selector. */
export const labelsErrors = (labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidEach(field, key, labelKeyErrors(key)),
    ...invalidEach(field, value, labelValueErrors(value)),
  ]);

/** What is wrong with a label selector. */
export const labelSelectorErrors = (selector: LabelSelector | undefined, field: string): FieldError[] => [
  ...labelsErrors(selector?.matchLabels, `${field}.matchLabels`),
  ...(selector?.matchExpressions ?? []).flatMap((requirement, index) =>
    selectorRequirementErrors(requirement, `${field}.matchExpressions[${index}]`),
  ),
];

/** True for a selector without any requirement. */
export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;

/** What is wrong with one of its requirements. */
export function selectorRequirementErrors(
  { key, operator, values = [] }: LabelSelectorRequirement,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else {
    errors.push(invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  errors.push(...invalidEach(`${field}.key`, key ?? '', labelKeyErrors(key ?? '')));
  for (const [index, value] of values.entries()) {
    errors.push(...invalidEach(`${field}.values[${index}]`, value, labelValueErrors(value)));
  }
  return errors;
}
