import type { Namespace } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, invalidEach } from '../validation/field-error.ts';
import { qualifiedNameErrors } from '../validation/names.ts';
import { STANDARD_FINALIZERS } from '../validation/object-meta.ts';

/** All that is wrong with what holds a Namespace. */
export const validateNamespace = ({ spec }: Namespace): FieldError[] =>
  (spec.finalizers ?? []).flatMap((name) => [
    ...invalidEach('spec.finalizers', name, qualifiedNameErrors(name)),
    ...(name.includes('/') || STANDARD_FINALIZERS.includes(name)
      ? []
      : [invalid('spec.finalizers', name, 'name is neither a standard finalizer name nor is it fully qualified')]),
  ]);
