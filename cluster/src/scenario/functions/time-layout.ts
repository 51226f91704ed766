import { escapedForRegExp } from './go-regexp.ts';
import { daysOf, timeOf, type GoTime } from './go-time.ts';

/** The layout of RFC 3339, in Go's way of writing layouts. */
export const RFC3339 = '2006-01-02T15:04:05Z07:00';

/**
 * A moment read from a text in a layout as Go writes them: the text of Monday, January 2, 15:04:05 2006, MST (`-0700`). Without an offset
 * it is UTC, without a date the first of January of year 0. Throws an Error that names the text and the layout.
 *
 * Simplified: the name of a zone (`MST`) stands for UTC whatever it is; Go looks it up among those of the machine's own zone.
 */
export function parseTime(layout: string, text: string): GoTime {
  const { pattern, parts } = readerOf(layout);
  const match = pattern.exec(text);
  const problem = `${JSON.stringify(text)} is no time of the layout ${JSON.stringify(layout)}`;
  if (match === null) throw new Error(problem);
  try {
    return momentOf(new Map(parts.map((part, index) => [part, match[index + 1]])));
  } catch (error) {
    throw new Error(`${problem}: ${(error as Error).message}`, { cause: error });
  }
}

type Part =
  | 'year'
  | 'shortYear'
  | 'month'
  | 'monthName'
  | 'day'
  | 'yearDay'
  | 'weekday'
  | 'hour'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'zone'
  | 'offset';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const short = (names: readonly string[]): string => names.map((name) => name.slice(0, 3)).join('|');

/** What each element of a layout stands for, and what a text has in its place. */
const ELEMENTS: Readonly<Record<string, readonly [part: Part, source: string]>> = {
  2006: ['year', '\\d{4}'],
  '06': ['shortYear', '\\d{2}'],
  January: ['monthName', MONTHS.join('|')],
  Jan: ['monthName', short(MONTHS)],
  '01': ['month', '\\d{2}'],
  1: ['month', '\\d{1,2}'],
  Monday: ['weekday', WEEKDAYS.join('|')],
  Mon: ['weekday', short(WEEKDAYS)],
  '002': ['yearDay', '\\d{3}'],
  __2: ['yearDay', ' {0,2}\\d{1,3}'],
  '02': ['day', '\\d{2}'],
  _2: ['day', ' ?\\d{1,2}'],
  2: ['day', '\\d{1,2}'],
  15: ['hour', '\\d{1,2}'],
  '03': ['hour', '\\d{2}'],
  3: ['hour', '\\d{1,2}'],
  '04': ['minute', '\\d{2}'],
  4: ['minute', '\\d{1,2}'],
  '05': ['second', '\\d{2}'],
  5: ['second', '\\d{1,2}'],
  PM: ['half', 'AM|PM'],
  pm: ['half', 'am|pm'],
  MST: ['zone', '[A-Z]{3,5}'],
  'Z07:00': ['offset', 'Z|[+-]\\d{2}:\\d{2}'],
  Z0700: ['offset', 'Z|[+-]\\d{4}'],
  Z07: ['offset', 'Z|[+-]\\d{2}'],
  '-07:00': ['offset', '[+-]\\d{2}:\\d{2}'],
  '-0700': ['offset', '[+-]\\d{4}'],
  '-07': ['offset', '[+-]\\d{2}'],
};

const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|__2|_2(?!006)|002|0[1-6]|15|[1-5]|PM|pm|[Z-]07(?::?00)?|[.,](?:0+|9+)(?!\d)/g;

function readerOf(layout: string): { pattern: RegExp; parts: Part[] } {
  const parts: Part[] = [];
  let source = '';
  let end = 0;
  for (const { 0: element, index } of layout.matchAll(ELEMENT)) {
    source += literal(layout.slice(end, index));
    end = index + element.length;
    if (/^[.,]/.test(element)) {
      parts.push('fraction');
      source += element[1] === '0' ? `[.,](\\d{${element.length - 1}})` : '(?:[.,](\\d*))?';
      continue;
    }
    const [part, of] = ELEMENTS[element]!;
    parts.push(part);
    source += part.endsWith('Name') || part === 'weekday' ? `(${anyCase(of)})` : `(${of})`;
    // A text may have a fraction of the second where the layout has none.
    if (part === 'second' && !/^[.,][09]/.test(layout.slice(end))) {
      parts.push('fraction');
      source += '(?:[.,](\\d+))?';
    }
  }
  return { pattern: new RegExp(`^${source}${literal(layout.slice(end))}$`), parts };
}

/** Where the layout has spaces, the text may have more. */
const literal = (text: string): string => escapedForRegExp(text).replace(/ +/g, ' +');

const anyCase = (source: string): string =>
  source.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);

function momentOf(parts: ReadonlyMap<Part, string | undefined>): GoTime {
  const number = (part: Part): number | undefined => {
    const text = parts.get(part);
    return text === undefined ? undefined : Number(text);
  };
  const year = number('year') ?? fullYear(number('shortYear')) ?? 0;
  const { month, day } = dateIn(year, number('yearDay')) ?? {
    month: monthNumber(parts.get('monthName')) ?? number('month') ?? 1,
    day: number('day') ?? 1,
  };
  const civil = {
    year,
    month,
    day,
    hour: hourOf(number('hour') ?? 0, parts.get('half')),
    minute: number('minute') ?? 0,
    second: number('second') ?? 0,
  };
  const nanos = BigInt((parts.get('fraction') ?? '').padEnd(9, '0').slice(0, 9));
  return timeOf(civil, nanos, offsetOf(parts.get('offset')));
}

const fullYear = (short: number | undefined): number | undefined =>
  short === undefined ? undefined : short >= 69 ? 1900 + short : 2000 + short;

function monthNumber(name: string | undefined): number | undefined {
  if (name === undefined) return undefined;
  return MONTHS.findIndex((month) => month.slice(0, 3).toLowerCase() === name.slice(0, 3).toLowerCase()) + 1;
}

function dateIn(year: number, yearDay: number | undefined): { month: number; day: number } | undefined {
  if (yearDay === undefined) return undefined;
  let day = yearDay;
  let month = 1;
  while (month < 12 && day > daysOf(year, month)) day -= daysOf(year, month++);
  return { month, day };
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour > 12) throw new Error(`the hour ${hour} is out of range`);
  return (hour % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

function offsetOf(text = 'Z'): number {
  if (text === 'Z') return 0;
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(text)!;
  if (Number(hours) > 24 || Number(minutes) > 60) throw new Error(`the offset ${text} is out of range`);
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
