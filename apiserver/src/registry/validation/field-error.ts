import type { FieldError } from '../strategy.ts';

/**
 * Field errors in the API server's words. Each carries what a Status cause carries: `reason` (the class), `message` (the class
 * in words, the bad value, the detail) and `field` (a path such as `spec.ports[0].name`).
 */

const error = (reason: string, field: string, ...parts: string[]): FieldError => ({
  reason,
  message: parts.filter((part) => part !== '').join(': '),
  field,
});

/** Something that must be given is missing or empty. */
export const required = (field: string, detail = ''): FieldError =>
  error('FieldValueRequired', field, 'Required value', detail);

/** A value that cannot be: malformed, out of range, in conflict with another field. */
export const invalid = (field: string, value: unknown, detail = ''): FieldError =>
  error('FieldValueInvalid', field, 'Invalid value', shown(value), detail);

/** The second appearance of something that must be unique. */
export const duplicate = (field: string, value: unknown): FieldError =>
  error('FieldValueDuplicate', field, 'Duplicate value', shown(value));

/** A name that refers to nothing. */
export const notFound = (field: string, value: unknown, detail = ''): FieldError =>
  error('FieldValueNotFound', field, 'Not found', shown(value), detail);

/** Not one of the known values; they are listed in the order given. */
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError =>
  error(
    'FieldValueNotSupported',
    field,
    'Unsupported value',
    shown(value),
    supported.length === 0 ? '' : `supported values: ${supported.map(quoted).join(', ')}`,
  );

/** Allowed in general, but not here. */
export const forbidden = (field: string, detail = ''): FieldError =>
  error('FieldValueForbidden', field, 'Forbidden', detail);

/** More bytes than allowed; the value itself is left out. */
export const tooLong = (field: string, maxLength: number): FieldError =>
  error(
    'FieldValueTooLong',
    field,
    'Too long',
    `may not be more than ${maxLength} ${maxLength === 1 ? 'byte' : 'bytes'}`,
  );

/** More items than allowed. */
export const tooMany = (field: string, actual: number, max: number): FieldError =>
  error(
    'FieldValueTooMany',
    field,
    'Too many',
    `${actual}`,
    `must have at most ${max} ${max === 1 ? 'item' : 'items'}`,
  );

/** The same error for each message: what a name or format check found. */
export const invalidEach = (field: string, value: unknown, messages: readonly string[]): FieldError[] =>
  messages.map((message) => invalid(field, value, message));

function shown(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return JSON.stringify(value) ?? 'null';
}

/** What Go prints as it is. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** A string in double quotes with Go's escapes. */
export function quoted(text: string): string {
  if (!/["\\]/.test(text) && PRINTABLE.test(text)) return `"${text}"`;
  let out = '"';
  for (const character of text) out += escaped(character);
  return `${out}"`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escaped(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0)!;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x1_0000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
