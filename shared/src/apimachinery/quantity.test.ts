import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Quantity, canonicalQuantity, parseQuantity } from './quantity.ts';

describe('parseQuantity', () => {
  test.each([
    // text, canonical form
    ['0', '0'],
    ['-0', '0'],
    ['0Gi', '0'],
    ['1', '1'],
    ['+5', '5'],
    ['.5', '500m'],
    ['5.', '5'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['100000', '100k'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1.5Gi', '1536Mi'],
    ['0.5Ki', '512'],
    ['0.1Ki', '102400m'],
    ['512Ki', '512Ki'],
    ['1000Ki', '1000Ki'],
    ['1e3', '1e3'],
    ['1E3', '1e3'],
    ['12e-3', '12e-3'],
    ['1e1', '10'],
    ['10E', '10E'],
    ['0.0000000001', '1n'],
    ['-0.0000000001', '-1n'],
    ['1.0000000001', '1000000001n'],
    ['12345678901234567890', '12345678901234567890'],
    ['9223372036854775809.5', '9223372036854775809500m'],
    ['7.99Ei', '9211842821808707338240m'],
    ['9.0000000000000000000000001', '9000000001n'],
    ['16Ei', '9223372036854775807'],
    ['-1', '-1'],
    ['128974848', '128974848'],
    ['129M', '129M'],
    ['123Mi', '123Mi'],
    ['9223372036854775807', '9223372036854775807'],
    ['8Ei', '9223372036854775807'],
  ])('reads %s as %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

  test.each([
    ['', 'regular expression'],
    ['abc', 'regular expression'],
    ['.', 'regular expression'],
    ['1 Gi', 'regular expression'],
    ['1.2.3', 'regular expression'],
    ['--1', 'regular expression'],
    ['1Gb', 'regular expression'],
    ['1K', 'suffix'],
    ['1mm', 'suffix'],
    ['1M5', 'suffix'],
    ['1e', 'suffix'],
    ['1eE3', 'suffix'],
  ])('refuses %j', (text, message) => expect(() => parseQuantity(text)).toThrow(message));

  test('a canonical form names the same amount and is canonical itself', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti', 'e3', 'e-3', 'E2');
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 999_999 }), suffix, (whole, fraction, ending) => {
        const quantity = parseQuantity(`${whole}.${fraction}${ending}`);
        const again = parseQuantity(quantity.toString());
        expect(again.compare(quantity)).toBe(0);
        expect(again.toString()).toBe(quantity.toString());
      }),
    );
  });
});

describe('Quantity', () => {
  test.each([
    ['100m', 1, 100],
    ['1', 1, 1000],
    ['1001m', 2, 1001],
    ['-1500m', -2, -1500],
    ['1u', 1, 1],
    ['2Gi', 2 ** 31, 2 ** 31 * 1000],
  ])('%s is %d units and %d thousandths, rounded up', (text, units, millis) => {
    expect(parseQuantity(text).value()).toBe(units);
    expect(parseQuantity(text).milliValue()).toBe(millis);
  });

  test.each([
    ['1', '500m', '1500m', '500m'],
    ['1Gi', '1Mi', '1025Mi', '1023Mi'],
    ['0', '1Ki', '1Ki', '-1Ki'],
    ['1Ki', '1', '1025', '1023'],
    ['0.1', '0.2', '300m', '-100m'],
  ])('%s and %s make %s and %s', (a, b, sum, difference) => {
    expect(parseQuantity(a).add(parseQuantity(b)).toString()).toBe(sum);
    expect(parseQuantity(a).subtract(parseQuantity(b)).toString()).toBe(difference);
  });

  test('compares amounts, not spellings', () => {
    expect(parseQuantity('1Gi').compare(parseQuantity('1073741824'))).toBe(0);
    expect(parseQuantity('1G').compare(parseQuantity('1Gi'))).toBe(-1);
    expect(Quantity.zero.compare(parseQuantity('-1n'))).toBe(1);
  });

  test('rounds up to a scale', () => {
    expect(parseQuantity('1.0001').roundUp(-3).toString()).toBe('1001m');
    expect(parseQuantity('1500m').roundUp(0).toString()).toBe('2');
    expect(Quantity.of(2048, 'BinarySI').toString()).toBe('2Ki');
  });
});
