import { describe, expect, test } from 'vitest';
import { isPercentage, scaledValue } from './int-or-string.ts';

describe('scaledValue', () => {
  test.each([
    [3, 10, true, 3],
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    ['0%', 10, true, 0],
    ['100%', 7, false, 7],
    ['150%', 10, false, 15],
    ['29%', 100, true, 29],
  ])('%s of %d, rounded up: %s, is %d', (value, total, roundUp, expected) =>
    expect(scaledValue(value, total, { roundUp })).toBe(expected),
  );

  test.each(['http', '5', 'x%', '2.5%'])('refuses %s', (value) =>
    expect(() => scaledValue(value, 10, { roundUp: true })).toThrow('invalid value for IntOrString'),
  );

  test('tells percentages from names', () => {
    expect([isPercentage('25%'), isPercentage(25), isPercentage('http')]).toEqual([true, false, false]);
  });
});
