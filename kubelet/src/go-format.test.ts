import { expect, it } from 'vitest';
import { aggregate, goDuration } from './go-format.ts';

it.each([
  [0, '0s'],
  [12, '12ms'],
  [1500, '1.5s'],
  [10_000, '10s'],
  [160_000, '2m40s'],
  [300_000, '5m0s'],
  [3_600_000, '1h0m0s'],
])('%d ms is %s', (milliseconds, text) => expect(goDuration(milliseconds)).toBe(text));

it('tells the same error once', () => {
  expect(aggregate(['a', 'a'])).toBe('a');
  expect(aggregate(['a', 'b', 'a'])).toBe('[a, b]');
});
