const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3_600n * SECOND,
};

const LONGEST = 2n ** 63n - 1n;

/** The nanoseconds of a duration as Go spells it: `1h30m`, `-1.5s`, `0`; undefined where the text is none. There are no days. */
export function parseGoDuration(text: string): bigint | undefined {
  const [, sign, body] = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (body === undefined) return undefined;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/(\d*)\.?(\d*)([a-zµμ]+)/g)) {
    nanos += BigInt(whole || '0') * UNITS[unit]!;
    nanos += (BigInt(fraction || '0') * UNITS[unit]!) / 10n ** BigInt(fraction.length);
  }
  if (nanos > LONGEST) return undefined;
  return sign === '-' ? -nanos : nanos;
}

/** The longest or shortest duration there is, where one is beyond. */
export const clampedDuration = (nanos: bigint): bigint =>
  nanos > LONGEST ? LONGEST : nanos < -LONGEST - 1n ? -LONGEST - 1n : nanos;

/** A duration as Go prints it: `1h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. */
export function formatGoDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  if (nanos < 0n) return `-${formatGoDuration(-nanos)}`;
  if (nanos < 1_000n) return `${nanos}ns`;
  if (nanos < 1_000_000n) return `${decimal(nanos, 3)}µs`;
  if (nanos < SECOND) return `${decimal(nanos, 6)}ms`;
  const minutes = nanos / UNITS['m']!;
  const seconds = `${decimal(nanos % UNITS['m']!, 9)}s`;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** A whole number with so many digits behind the point, without zeros at its end. */
function decimal(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}
