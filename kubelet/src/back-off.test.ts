import { expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

it('doubles from 10 s to 5 min, and begins anew after 10 min without a failure', () => {
  const backOff = new BackOff();
  let nowMs = 0;
  const waits = Array.from({ length: 8 }, () => {
    const waitMs = backOff.remaining(nowMs, nowMs);
    nowMs += waitMs;
    backOff.next(nowMs - waitMs, nowMs);
    return waitMs / 1000;
  });
  expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
  nowMs += 600_000;
  expect(backOff.remaining(nowMs, nowMs)).toBe(300_000);
  expect(backOff.remaining(nowMs + 1, nowMs + 1)).toBe(0);
});

it('counts the wait from the failure, not from the question', () => {
  const backOff = new BackOff();
  backOff.next(0, 0);
  expect(backOff.remaining(5_000, 9_000)).toBe(6_000);
});
