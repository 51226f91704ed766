import type { TypedLocalObjectReference } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalidEach, required } from './field-error.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from './names.ts';

/** What is wrong with a reference by group, kind and name. A group that is left out is stored as null. */
export const localReferenceErrors = (
  {
    apiGroup,
    kind,
    name,
  }: Omit<TypedLocalObjectReference, 'apiGroup'> & { readonly apiGroup?: string | null | undefined },
  field: string,
): FieldError[] => [
  ...(apiGroup === undefined || apiGroup === null
    ? []
    : invalidEach(`${field}.apiGroup`, apiGroup, dnsSubdomainErrors(apiGroup))),
  ...requiredSegmentErrors(kind, `${field}.kind`),
  ...requiredSegmentErrors(name, `${field}.name`),
];

/** What is wrong with a part of a URL's path that must be there. */
export const requiredSegmentErrors = (text: string, field: string): FieldError[] =>
  text ? invalidEach(field, text, pathSegmentErrors(text)) : [required(field)];
