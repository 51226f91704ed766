import type { FieldError } from '../strategy.ts';
import { invalid, invalidEach } from '../validation/field-error.ts';
import { qualifiedNameErrors } from '../validation/names.ts';
import { STANDARD_FINALIZERS } from '../validation/object-meta.ts';

/** What is wrong with the names of finalizers in a Namespace's spec. */
export const finalizerNameErrors = (finalizers: readonly string[], fieldOf: (index: number) => string): FieldError[] =>
  finalizers.flatMap((name, index) => {
    const field = fieldOf(index);
    const isQualified = name.includes('/') || STANDARD_FINALIZERS.includes(name);
    const why = 'name is neither a standard finalizer name nor is it fully qualified';
    return [
      ...invalidEach(field, name, qualifiedNameErrors(name)),
      ...(isQualified ? [] : [invalid(field, name, why)]),
    ];
  });
