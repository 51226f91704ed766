import type { FieldError } from '../strategy.ts';
import { invalid } from '../validation/field-error.ts';

/** A path that may not lead upwards. */
export const noBackstepsErrors = (path: string, field: string): FieldError[] =>
  path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];

/** A relative path below something. */
export const descendingPathErrors = (path: string, field: string): FieldError[] => [
  ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
  ...noBackstepsErrors(path, field),
];

/** A relative path that the kubelet's own entries (`..data`) do not collide with. */
export function unreservedPathErrors(path: string, field: string): FieldError[] {
  const errors = descendingPathErrors(path, field);
  return path.startsWith('..') && !path.startsWith('../') && path !== '..'
    ? [...errors, invalid(field, path, "must not start with '..'")]
    : errors;
}

/** A file's permission bits. */
export const fileModeErrors = (mode: number | undefined, field: string): FieldError[] =>
  mode === undefined || (mode >= 0 && mode <= 0o777)
    ? []
    : [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
