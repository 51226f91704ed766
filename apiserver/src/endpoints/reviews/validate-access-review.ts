import type { ApiObject, LabelSelectorRequirement, ObjectMeta } from '@kubarium/shared';
import type { FieldError } from '../../registry/strategy.ts';
import { forbidden, invalid, required } from '../../registry/validation/field-error.ts';
import { selectorRequirementErrors } from '../../registry/validation/labels.ts';

/** A selector as it can stand in a review, of labels or of fields. */
export interface ReviewedSelector {
  readonly rawSelector?: string;
  readonly requirements?: readonly LabelSelectorRequirement[];
}

/** What SubjectAccessReview and its like have in common. */
export interface AccessReview extends ApiObject {
  spec?: {
    readonly resourceAttributes?: {
      readonly group?: string;
      readonly version?: string;
      readonly resource?: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
      readonly verb?: string;
      readonly fieldSelector?: ReviewedSelector;
      readonly labelSelector?: ReviewedSelector;
    };
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
    readonly user?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
}

/** What is wrong with a question about oneself. */
export const selfReviewErrors = (review: AccessReview): FieldError[] => [
  ...attributesErrors(review),
  ...selectorsErrors(review),
  ...metadataErrors(review.metadata, {}, 'must be empty'),
];

/** What is wrong with a question about somebody. */
export const subjectReviewErrors = (review: AccessReview): FieldError[] => [
  ...subjectErrors(review),
  ...metadataErrors(review.metadata, {}, 'must be empty'),
];

/** What is wrong with a question about somebody in one namespace. */
export function localReviewErrors(review: AccessReview): FieldError[] {
  const { metadata, spec } = review;
  const { namespace } = metadata;
  const errors = [
    ...subjectErrors(review),
    ...metadataErrors(metadata, { namespace }, 'must be empty except for namespace'),
  ];
  const asked = spec?.resourceAttributes?.namespace ?? '';
  if (spec?.resourceAttributes !== undefined && asked !== namespace) {
    errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  }
  if (spec?.nonResourceAttributes !== undefined) {
    errors.push(invalid(...pathOf(review), 'disallowed on this kind of request'));
  }
  return errors;
}

function subjectErrors(review: AccessReview): FieldError[] {
  const { user = '', groups = [] } = review.spec ?? {};
  const isNamed = user !== '' || groups.length > 0;
  return [
    ...attributesErrors(review),
    ...(isNamed ? [] : [invalid('spec.user', user, 'at least one of user or group must be specified')]),
    ...selectorsErrors(review),
  ];
}

function attributesErrors(review: AccessReview): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = review.spec ?? {};
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    return [invalid(...pathOf(review), 'cannot be specified in combination with resourceAttributes')];
  }
  if (resourceAttributes !== undefined || nonResourceAttributes !== undefined) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalid('spec.resourceAttributes', null, why)];
}

/** With the names that the fields have inside the real server. */
const pathOf = ({ spec }: AccessReview): [string, object] => {
  const { path = '', verb = '' } = spec?.nonResourceAttributes ?? {};
  return ['spec.nonResourceAttributes', { Path: path, Verb: verb }];
};

const selectorsErrors = ({ spec }: AccessReview): FieldError[] =>
  (['fieldSelector', 'labelSelector'] as const).flatMap((name) => {
    const selector = spec?.resourceAttributes?.[name];
    return selector === undefined ? [] : selectorErrors(selector, name);
  });

function selectorErrors(
  { rawSelector = '', requirements = [] }: ReviewedSelector,
  name: 'fieldSelector' | 'labelSelector',
): FieldError[] {
  const field = `spec.resourceAttributes.${name}`;
  const errors: FieldError[] = [];
  if (rawSelector !== '' && requirements.length > 0) {
    errors.push(invalid(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements'));
  }
  if (rawSelector === '' && requirements.length === 0) {
    const why = `when ${field} is specified, requirements or rawSelector is required`;
    errors.push(required(`${field}.requirements`, why));
  }
  const check = name === 'labelSelector' ? labelErrors : fieldErrors;
  return [...errors, ...requirements.flatMap((one, index) => check(one, `${field}.requirements[${index}]`))];
}

/** An operator that is not known is no error: another authorizer may know it. */
const labelErrors = (requirement: LabelSelectorRequirement, field: string): FieldError[] =>
  selectorRequirementErrors(requirement, field).filter((error) => error.field !== `${field}.operator`);

function fieldErrors({ key, operator, values = [] }: LabelSelectorRequirement, field: string): FieldError[] {
  const errors: FieldError[] = key ? [] : [required(`${field}.key`, 'must be specified')];
  if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
    errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  }
  if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
    errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  }
  return errors;
}

function metadataErrors(metadata: ObjectMeta, allowed: Partial<ObjectMeta>, why: string): FieldError[] {
  const isEmpty = (value: unknown): boolean => !value || (typeof value === 'object' && Object.keys(value).length === 0);
  const others = Object.entries(metadata).filter(([name, value]) => name !== 'managedFields' && !isEmpty(value));
  return others.every(([name]) => name in allowed) ? [] : [invalid('metadata', metadata, why)];
}
