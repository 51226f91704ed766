const SECOND = 1_000_000_000n;
const DAY_SECONDS = 86_400;

/** A moment, with the offset from UTC that it is told in. */
export interface GoTime {
  /** Since the Unix epoch. */
  readonly nanos: bigint;
  readonly offsetSeconds: number;
}

/** A date and a time of day, as they are written. */
export interface Civil {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The moment of a date and time of day; throws an Error where one part is out of its range. */
export function timeOf(civil: Civil, nanosOfSecond: bigint, offsetSeconds: number): GoTime {
  const { year, month, day, hour, minute, second } = civil;
  const ranges: readonly [name: string, value: number, least: number, most: number][] = [
    ['month', month, 1, 12],
    ['day', day, 1, daysOf(year, month)],
    ['hour', hour, 0, 23],
    ['minute', minute, 0, 59],
    ['second', second, 0, 59],
  ];
  for (const [name, value, least, most] of ranges) {
    if (value < least || value > most) throw new Error(`the ${name} ${value} is out of range`);
  }
  const seconds = daysSinceEpoch(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - offsetSeconds;
  return { nanos: BigInt(seconds) * SECOND + nanosOfSecond, offsetSeconds };
}

/** The date and time of day of a moment, where it is told. */
export function civilOf({ nanos, offsetSeconds }: GoTime): Civil & { readonly weekday: number } {
  const seconds = Number(floorDivide(nanos, SECOND)) + offsetSeconds;
  const days = Math.floor(seconds / DAY_SECONDS);
  const ofDay = seconds - days * DAY_SECONDS;
  // The epoch was a Thursday.
  const weekday = (((days + 4) % 7) + 7) % 7;
  return {
    ...dateOf(days),
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor((ofDay % 3600) / 60),
    second: ofDay % 60,
    weekday,
  };
}

/** RFC 3339, whole seconds, in the moment's own offset: `2024-03-15T01:02:03+01:00`. */
export function formatTime(time: GoTime): string {
  const { year, month, day, hour, minute, second } = civilOf(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = Math.abs(time.offsetSeconds);
  const zone =
    offset === 0
      ? 'Z'
      : `${time.offsetSeconds < 0 ? '-' : '+'}${two(Math.floor(offset / 3600))}:${two(Math.floor((offset % 3600) / 60))}`;
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}${zone}`;
}

/** Rounded down to a multiple of a duration since the first of January of year 1, as Go does; unchanged if the duration is not positive. */
export function truncatedTime({ nanos, offsetSeconds }: GoTime, duration: bigint): GoTime {
  if (duration <= 0n) return { nanos, offsetSeconds };
  const sinceYearOne = nanos - BigInt(daysSinceEpoch(1, 1, 1) * DAY_SECONDS) * SECOND;
  return { nanos: nanos - (sinceYearOne - floorDivide(sinceYearOne, duration) * duration), offsetSeconds };
}

const floorDivide = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b);

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const daysOf = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);

/** Days before the first of January of a year, counted from year 0 of the Gregorian calendar. */
const daysBefore = (year: number): number =>
  year * 365 + Math.ceil(year / 4) - Math.ceil(year / 100) + Math.ceil(year / 400);

const EPOCH_DAYS = daysBefore(1970);

function daysSinceEpoch(year: number, month: number, day: number): number {
  let days = daysBefore(year) - EPOCH_DAYS + day - 1;
  for (let before = 1; before < month; before++) days += daysOf(year, before);
  return days;
}

function dateOf(days: number): { year: number; month: number; day: number } {
  let year = Math.floor((days + EPOCH_DAYS) / 365.2425);
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year++;
  while (daysSinceEpoch(year, 1, 1) > days) year--;
  let month = 1;
  let day = days - daysSinceEpoch(year, 1, 1) + 1;
  while (day > daysOf(year, month)) day -= daysOf(year, month++);
  return { year, month, day };
}
