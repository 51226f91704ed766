import { timestamp, microTimestamp, parseTimestamp } from '@kubarium/shared';

/** A text that is no time; the message is Go's. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
}

const SECONDS = '2006-01-02T15:04:05Z07:00';
const MICROSECONDS = '2006-01-02T15:04:05.000000Z07:00';

/** A `metav1.Time` in its canonical form: UTC, whole seconds. Throws TimeError. */
export function canonicalTime(text: string): string {
  return CANONICAL.test(text) && isRealDate(text) ? text : timestamp(milliseconds(text, SECONDS));
}

/** A `metav1.MicroTime` in its canonical form: UTC, six decimals. Throws TimeError. */
export function canonicalMicroTime(text: string): string {
  const at = milliseconds(text, MICROSECONDS);
  // A number of milliseconds cannot hold the last three decimals; they are the same in every time zone.
  return microTimestamp(at).replace(/\d{3}Z$/, `${text.slice(23, 26)}Z`);
}

const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** The day is one of its month; the rest has been looked at. */
const isRealDate = (text: string): boolean => text.slice(8, 10) <= '28' || timestamp(parseTimestamp(text)) === text;

/** Reads a time by the rules of Go's `time.Parse`. */
function milliseconds(text: string, layout: string): number {
  let rest = text;
  const fail = (element: string): never => {
    throw new TimeError(
      `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(element)}`,
    );
  };
  const outOfRange = (what: string): never => {
    throw new TimeError(`parsing time ${JSON.stringify(text)}: ${what} out of range`);
  };
  const take = (pattern: RegExp, element: string): string => {
    const match = pattern.exec(rest);
    if (match === null) return fail(element);
    rest = rest.slice(match[0].length);
    return match[0];
  };
  const number = (pattern: RegExp, element: string): number => Number(take(pattern, element));
  const year = number(/^\d{4}/, '2006');
  take(/^-/, '-');
  const month = number(/^\d\d/, '01');
  if (month < 1 || month > 12) outOfRange('month');
  take(/^-/, '-');
  const day = number(/^\d\d/, '02');
  take(/^T/, 'T');
  const hour = number(/^\d\d/, '15');
  if (hour > 23) outOfRange('hour');
  take(/^:/, ':');
  const minute = number(/^\d\d/, '04');
  if (minute > 59) outOfRange('minute');
  take(/^:/, ':');
  const second = number(/^\d\d/, '05');
  if (second > 59) outOfRange('second');
  const fraction = layout === MICROSECONDS ? take(/^\.\d{6}/, '.000000') : (/^[.,]\d+/.exec(rest)?.[0] ?? '');
  if (layout === SECONDS) rest = rest.slice(fraction.length);
  const zone = take(/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00');
  if (rest !== '') {
    throw new TimeError(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
  }
  if (zone !== 'Z' && (zone.slice(1, 3) > '24' || zone.slice(4) > '60')) outOfRange('time zone offset');
  const days = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (day < 1 || day > days[month - 1]!) outOfRange('day');
  const at = parseTimestamp(`${text.slice(0, 19)}.${fraction.slice(1, 4).padEnd(3, '0')}Z`);
  return zone === 'Z'
    ? at
    : at - (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * 60_000;
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
