import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid } from './field-error.ts';

/** An error where a field that never changes has changed. */
export const immutableErrors = (value: unknown, old: unknown, field: string): FieldError[] =>
  deepEqual(value ?? null, old ?? null) ? [] : [invalid(field, value, 'field is immutable')];

/** An error for a number below zero. */
export const nonNegativeErrors = (value: number | undefined, field: string): FieldError[] =>
  (value ?? 0) >= 0 ? [] : [invalid(field, value, 'must be greater than or equal to 0')];

/** An error for a number that is not above zero. */
export const positiveErrors = (value: number | undefined, field: string): FieldError[] =>
  (value ?? 0) > 0 ? [] : [invalid(field, value, 'must be greater than zero')];
