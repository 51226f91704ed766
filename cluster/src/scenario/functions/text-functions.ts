import { posix } from 'node:path';
import { escapedForRegExp } from './go-regexp.ts';
import { pure, type FunctionTable } from './scenario-function.ts';

/**
 * Functions over texts, as kyverno-json and Chainsaw have them. Where JMESPath has a function of the same name (replace, split, trim, to_string),
 * Chainsaw's stands for it; JMESPath's shorter forms work too here.
 */
export const TEXT_FUNCTIONS: FunctionTable = {
  as_string: pure(['any'], (value) => (typeof value === 'string' ? value : null)),
  base64_decode: pure(['string'], base64Decoded),
  base64_encode: pure(['string'], (text) => Buffer.from(text).toString('base64')),
  compare: pure(['string', 'string'], (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  concat: pure(['string', 'string'], (a, b) => a + b),
  equal_fold: pure(['string', 'string'], (a, b) => new RegExp(`^${escapedForRegExp(a)}$`, 'iu').test(b)),
  path_canonicalize: pure(['string'], canonicalPath),
  replace: pure(['string', 'string', 'string', 'number?'], (text, old, by, count) => replaced(text, old, by, count)),
  replace_all: pure(['string', 'string', 'string'], (text, old, by) => replaced(text, old, by)),
  split: pure(['string', 'string', 'number?'], splitText),
  to_lower: pure(['string'], (text) => text.toLowerCase()),
  to_string: pure(['any'], (value) => (typeof value === 'string' ? value : goJson(value))),
  to_upper: pure(['string'], (text) => eachCharacter(text, (one) => one.toUpperCase())),
  trim: pure(['string', 'string?'], (text, characters) => trimmed(text, characters)),
  trim_prefix: pure(['string', 'string'], (text, prefix) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trim_space: pure(['string'], (text) => trimmed(text)),
  truncate: pure(['string', 'number'], (text, length) => Array.from(text).slice(0, Math.max(0, length)).join('')),
};

/** JSON as Go writes it: maps by their keys, and nothing that would be markup in HTML. */
const goJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ).replace(/[<>&]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`);

/** Go changes letters one by one: those that become several (ß) stay. */
const eachCharacter = (text: string, change: (character: string) => string): string =>
  Array.from(text, (one) => {
    const changed = change(one);
    return Array.from(changed).length === 1 ? changed : one;
  }).join('');

function base64Decoded(text: string): string {
  const joined = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(joined)) {
    throw new Error(`${JSON.stringify(text)} is not base64 with its padding (=)`);
  }
  return Buffer.from(joined, 'base64').toString();
}

function canonicalPath(path: string): string {
  if (path === '') return '';
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** The first `count` occurrences replaced; all of them without a count or with a negative one. An empty text is found before each character. */
function replaced(text: string, old: string, by: string, count = -1): string {
  let left = count < 0 ? Infinity : Math.trunc(count);
  const pattern = new RegExp(old === '' ? '(?:)' : escapedForRegExp(old), 'gu');
  return text.replace(pattern, (found) => (left-- > 0 ? by : found));
}

/** With a count, at most so many cuts are made. */
function splitText(text: string, separator: string, count?: number): string[] {
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (count === undefined || parts.length <= count + 1) return parts;
  if (count < 0 || !Number.isInteger(count)) throw new Error(`the count of cuts must be a whole number, not ${count}`);
  return [...parts.slice(0, count), parts.slice(count).join(separator)];
}

/** Without `characters`, white space is cut off; with the empty text nothing is. */
function trimmed(text: string, characters?: string): string {
  const all = Array.from(text);
  const cut = (one: string): boolean =>
    characters === undefined ? /[\s\u0085]/.test(one) : Array.from(characters).includes(one);
  const start = all.findIndex((one) => !cut(one));
  return start === -1 ? '' : all.slice(start, all.findLastIndex((one) => !cut(one)) + 1).join('');
}
