import type { FieldError } from '../strategy.ts';
import { invalidEach } from './field-error.ts';
import { portNameErrors, portNumberErrors } from './names.ts';

/** What is wrong with a port given by number or by name. */
export const portErrors = (port: number | string | undefined, field: string): FieldError[] =>
  typeof port === 'string'
    ? invalidEach(field, port, portNameErrors(port))
    : invalidEach(field, port ?? 0, portNumberErrors(port ?? 0));

export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;
