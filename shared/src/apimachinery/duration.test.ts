import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['0', 0],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1_500],
  ['200ms', 200],
  ['24h', 86_400_000],
  ['1d', 86_400_000],
  ['1m0.5s', 60_500],
])('reads %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

test.each(['', '5', 'm', '5 m', '-5m', '5m3', '1..5s', 'five minutes'])('refuses %j', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);
