import { parseQuantity, Quantity, QuantityError } from '@kubarium/shared';
import { formatGoDuration, parseGoDuration } from './go-duration.ts';
import { pure, type FunctionTable } from './scenario-function.ts';

/**
 * Arithmetic over numbers, quantities (texts as `1Gi`) and durations (texts as `1h30m`; `5m` is a quantity). Both sides must be of one
 * kind, but a number may multiply or divide the others: the result is of their kind, and that of two of a kind divided is a number.
 */
export const ARITHMETIC_FUNCTIONS: FunctionTable = {
  add: pure(['any', 'any'], add),
  subtract: pure(['any', 'any'], (a, b) =>
    sameKind(a, b, {
      number: (x, y) => x - y,
      quantity: (x, y) => x.subtract(y).toString(),
      duration: (x, y) => formatGoDuration(x - y),
    }),
  ),
  multiply: pure(['any', 'any'], multiply),
  divide: pure(['any', 'any'], divide),
  modulo: pure(['any', 'any'], (a, b) =>
    sameKind(a, b, {
      number: (x, y) => Number(wholeRemainder(whole(x), whole(y))),
      quantity: (x, y) => Quantity.of(wholeRemainder(wholeUnits(x), wholeUnits(y)), x.format).toString(),
      duration: (x, y) => formatGoDuration(wholeRemainder(x, y)),
    }),
  ),
  /** JMESPath's sum of no numbers, 0, stays. */
  sum: pure(['array'], (items) => (items.length === 0 ? 0 : items.reduce(add))),
  round: pure(['number', 'number'], (value, digits) => {
    if (!Number.isInteger(digits) || digits < 0) throw new Error(`the digits must be a whole number, not ${digits}`);
    const shift = 10 ** digits;
    return (Math.sign(value) * Math.round(Math.abs(value) * shift)) / shift;
  }),
};

interface Kinds {
  readonly number: number;
  readonly quantity: Quantity;
  readonly duration: bigint;
}

type Operand = {
  readonly [Kind in keyof Kinds]: { readonly kind: Kind; readonly value: Kinds[Kind]; readonly text: string };
}[keyof Kinds];

function operandOf(value: unknown): Operand {
  if (typeof value === 'number') return { kind: 'number', value, text: String(value) };
  if (typeof value === 'string') {
    const quantity = quantityOf(value);
    if (quantity !== undefined) return { kind: 'quantity', value: quantity, text: value };
    const duration = parseGoDuration(value);
    if (duration !== undefined) return { kind: 'duration', value: duration, text: value };
  }
  throw new Error(`${JSON.stringify(value)} is no number, quantity (1Gi) or duration (1h30m)`);
}

function quantityOf(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

/** What is done with two operands of one kind; of different kinds it cannot be done. */
function sameKind(
  left: unknown,
  right: unknown,
  by: { readonly [Kind in keyof Kinds]: (a: Kinds[Kind], b: Kinds[Kind]) => unknown },
): unknown {
  const [a, b] = [operandOf(left), operandOf(right)];
  if (a.kind === 'number' && b.kind === 'number') return by.number(a.value, b.value);
  if (a.kind === 'quantity' && b.kind === 'quantity') return by.quantity(a.value, b.value);
  if (a.kind === 'duration' && b.kind === 'duration') return by.duration(a.value, b.value);
  throw mismatch(a, b);
}

const mismatch = (a: Operand, b: Operand): Error =>
  new Error(`it cannot be done with a ${a.kind} and a ${b.kind}: ${JSON.stringify(a.text)}, ${JSON.stringify(b.text)}`);

function add(left: unknown, right: unknown): unknown {
  return sameKind(left, right, {
    number: (x, y) => x + y,
    quantity: (x, y) => x.add(y).toString(),
    duration: (x, y) => formatGoDuration(x + y),
  });
}

const UNIT = 1_000_000_000n;

function multiply(left: unknown, right: unknown): unknown {
  const [a, b] = [operandOf(left), operandOf(right)];
  if (a.kind === 'number' && b.kind !== 'number') return multiply(right, left);
  if (b.kind !== 'number') throw mismatch(a, b);
  if (a.kind === 'number') return a.value * b.value;
  if (a.kind === 'duration') return formatGoDuration(nanosOf(secondsOf(a.value) * b.value));
  const product = a.value.nanos * parseQuantity(b.text).nanos;
  const nanos = product / UNIT;
  const rest = product % UNIT === 0n ? 0n : product < 0n ? -1n : 1n;
  return new Quantity(nanos + rest, a.value.format).toString();
}

function divide(left: unknown, right: unknown): unknown {
  const [a, b] = [operandOf(left), operandOf(right)];
  if (b.kind === 'number' ? b.value === 0 : b.kind === 'quantity' ? b.value.isZero : b.value === 0n) {
    throw new Error('the divisor is zero');
  }
  if (b.kind !== 'number') {
    return sameKind(left, right, {
      number: (x, y) => x / y,
      quantity: (x, y) => Number(x.nanos) / Number(y.nanos),
      duration: (x, y) => secondsOf(x) / secondsOf(y),
    });
  }
  if (a.kind === 'number') return a.value / b.value;
  if (a.kind === 'duration') return formatGoDuration(nanosOf(secondsOf(a.value) / b.value));
  const digits = Math.min(9, Math.max(fractionDigits(a.text), fractionDigits(b.text)));
  const unit = 10n ** BigInt(9 - digits);
  return new Quantity(((a.value.nanos * UNIT) / parseQuantity(b.text).nanos / unit) * unit, a.value.format).toString();
}

const secondsOf = (nanos: bigint): number => Number(nanos / UNIT) + Number(nanos % UNIT) / 1e9;
const nanosOf = (seconds: number): bigint => BigInt(Math.trunc(seconds * 1e9));

const EXPONENTS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** A quotient has as many digits behind the point as the longer of both quantities is written with; the rest is cut off. */
function fractionDigits(text: string): number {
  const [, fraction = '', suffix = ''] = /^[+-]?\d*(?:\.(\d*))?(.*)$/.exec(text)!;
  if (suffix.endsWith('i')) return fraction === '' ? 0 : 9;
  return fraction.length - (/^[eE](.+)$/.test(suffix) ? Number(suffix.slice(1)) : (EXPONENTS[suffix] ?? 0));
}

function whole(value: number): bigint {
  if (!Number.isInteger(value)) throw new Error(`${value} is not a whole number`);
  return BigInt(value);
}

function wholeUnits(quantity: Quantity): bigint {
  if (quantity.nanos % UNIT !== 0n) throw new Error(`${quantity.toString()} is not a whole number`);
  return quantity.nanos / UNIT;
}

function wholeRemainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new Error('the divisor is zero');
  return a % b;
}
