/**
 * An amount of a resource, exact to a billionth: `100m`, `1.5Gi`, `2e3` (apimachinery `resource.Quantity`).
 *
 * A quantity is `[+-] digits [. digits] suffix`; the suffix is a power of ten (n u m k M G T P E), a power of two (Ki Mi Gi Ti
 * Pi Ei) or a decimal exponent (e3, E-2), and decides in which family the canonical form is written. Values are immutable.
 */
export class Quantity {
  /** The amount in billionths. */
  readonly nanos: bigint;
  readonly format: QuantityFormat;

  constructor(nanos: bigint, format: QuantityFormat = 'DecimalSI') {
    this.nanos = nanos;
    this.format = format;
  }

  static readonly zero = new Quantity(0n);

  /** Of a whole number of units: `Quantity.of(3)` is `3`, `Quantity.of(1024, 'BinarySI')` is `1Ki`. */
  static of(units: number | bigint, format?: QuantityFormat): Quantity {
    return new Quantity(BigInt(units) * UNIT, format);
  }

  get isZero(): boolean {
    return this.nanos === 0n;
  }

  /** -1, 0 or 1. */
  get sign(): -1 | 0 | 1 {
    return this.nanos === 0n ? 0 : this.nanos < 0n ? -1 : 1;
  }

  /** Negative where this is less than `other`, 0 where both are the same amount (in whatever format), positive where it is more. */
  compare(other: Quantity): -1 | 0 | 1 {
    return this.nanos === other.nanos ? 0 : this.nanos < other.nanos ? -1 : 1;
  }

  /** The sum, in this quantity's format (the other's where this one is zero). */
  add(other: Quantity): Quantity {
    return new Quantity(this.nanos + other.nanos, this.isZero ? other.format : this.format);
  }

  /** The difference, in this quantity's format (the other's where this one is zero). */
  subtract(other: Quantity): Quantity {
    return new Quantity(this.nanos - other.nanos, this.isZero ? other.format : this.format);
  }

  /** Whole units, rounded up (away from zero). Exact up to 2^53. */
  value(): number {
    return Number(ceilDivide(this.nanos, UNIT));
  }

  /** Thousandths, rounded up (away from zero). Exact up to 2^53. */
  milliValue(): number {
    return Number(ceilDivide(this.nanos, 1_000_000n));
  }

  /** Rounded up (away from zero) to a multiple of 10^scale: -3 is thousandths. */
  roundUp(scale: number): Quantity {
    const unit = 10n ** BigInt(scale + 9);
    return new Quantity(ceilDivide(this.nanos, unit) * unit, this.format);
  }

  /**
   * The canonical form: no fraction, the largest suffix of its family that loses nothing, and powers of two only for whole
   * numbers of at least 1024.
   */
  toString(): string {
    if (this.nanos === 0n) return '0';
    if (this.format === 'BinarySI' && isBinary(this.nanos)) return binaryForm(this.nanos / UNIT);
    return decimalForm(this.nanos, this.format === 'DecimalExponent');
  }

  toJSON(): string {
    return this.toString();
  }
}

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** A text that is no quantity; the message is the real server's. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const UNIT = 1_000_000_000n;
/** The largest amount that a text with a binary suffix can name. */
const LARGEST = (2n ** 63n - 1n) * UNIT;

const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL_EXPONENTS = new Map(DECIMAL_SUFFIXES.map((suffix, index) => [suffix, 3 * (index - 3)]));
const BINARY_EXPONENTS = new Map(BINARY_SUFFIXES.slice(1).map((suffix, index) => [suffix, 10 * (index + 1)]));

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/;
const SHAPE_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const NUMBER_ERROR = 'unable to parse numeric part of quantity';
/** Simplified: the real one reads numbers of any length. This is as long as the longest exponent makes one. */
const MAX_LENGTH = 1000;
const SUFFIX_ERROR = "unable to parse quantity's suffix";

/** Reads a quantity; throws QuantityError. What is finer than a billionth is rounded up (away from zero). */
export function parseQuantity(text: string): Quantity {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const quantity = readQuantity(text);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(text, quantity);
  return quantity;
}

/** The same few quantities are written again and again. */
const remembered = new Map<string, Quantity>();
const MAX_REMEMBERED = 512;

function readQuantity(text: string): Quantity {
  if (text.length > MAX_LENGTH) throw new QuantityError(NUMBER_ERROR);
  const match = SHAPE.exec(text);
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) throw new QuantityError(SHAPE_ERROR);
  const negative = match[1] === '-';
  const fraction = match[3] ?? '';
  const { base, exponent, format } = readSuffix(match[4]!, match[5]!);
  const digits = BigInt(match[2]! + fraction);
  const magnitude = base === 10 ? decimalNanos(digits, fraction, exponent) : binaryNanos(digits, fraction, exponent);
  return new Quantity(
    negative ? -magnitude : magnitude,
    format === 'BinarySI' && magnitude < UNIT ? 'DecimalSI' : format,
  );
}

/** The canonical spelling of a quantity: `canonicalQuantity('0.5')` is `500m`. Throws QuantityError. */
export const canonicalQuantity = (text: string): string => parseQuantity(text).toString();

function readSuffix(letters: string, number: string): { base: 2 | 10; exponent: number; format: QuantityFormat } {
  if (number === '') {
    const decimal = DECIMAL_EXPONENTS.get(letters);
    if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
    const binary = BINARY_EXPONENTS.get(letters);
    if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  } else if (letters === 'e' || letters === 'E') {
    const exponent = Number(number);
    // Simplified: the real one takes any exponent of 32 bits; no resource is near 10^1000.
    if (Number.isInteger(exponent) && Math.abs(exponent) <= 1000) {
      return { base: 10, exponent, format: 'DecimalExponent' };
    }
  }
  throw new QuantityError(SUFFIX_ERROR);
}

function decimalNanos(digits: bigint, fraction: string, exponent: number): bigint {
  const scale = exponent - fraction.length + 9;
  return scale >= 0 ? digits * 10n ** BigInt(scale) : ceilDivide(digits, 10n ** BigInt(-scale));
}

function binaryNanos(digits: bigint, fraction: string, exponent: number): bigint {
  const nanos = ceilDivide(digits * 2n ** BigInt(exponent) * UNIT, 10n ** BigInt(fraction.length));
  return nanos > LARGEST ? LARGEST : nanos;
}

function ceilDivide(amount: bigint, by: bigint): bigint {
  const quotient = amount / by;
  return quotient * by === amount ? quotient : quotient + (amount < 0n ? -1n : 1n);
}

function isBinary(nanos: bigint): boolean {
  return (nanos >= 1024n * UNIT || nanos <= -1024n * UNIT) && nanos % UNIT === 0n;
}

function binaryForm(units: bigint): string {
  let index = 0;
  while (index < BINARY_SUFFIXES.length - 1 && units % 1024n === 0n) {
    units /= 1024n;
    index++;
  }
  return `${units}${BINARY_SUFFIXES[index]}`;
}

// Simplified: the real one forgets the suffix from 10^21 on (`10000E` comes back as `10`); here it stays.
function decimalForm(nanos: bigint, asExponent: boolean): string {
  let exponent = -9;
  while ((asExponent || exponent < 18) && nanos % 1000n === 0n) {
    nanos /= 1000n;
    exponent += 3;
  }
  if (!asExponent) return `${nanos}${DECIMAL_SUFFIXES[exponent / 3 + 3]}`;
  return exponent === 0 ? `${nanos}` : `${nanos}e${exponent}`;
}
