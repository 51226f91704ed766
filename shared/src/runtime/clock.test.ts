import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { realClock } from './clock.ts';

const DAY_MS = 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('waits as long as it is told, however long that is', () => {
  let fired = 0;
  realClock.setTimer(60 * DAY_MS, () => fired++);
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(fired).toBe(0);
  vi.advanceTimersByTime(1);
  expect(fired).toBe(1);
});

it('can be told at any time to wait no more', () => {
  let fired = 0;
  const timer = realClock.setTimer(60 * DAY_MS, () => fired++);
  vi.advanceTimersByTime(50 * DAY_MS);
  timer.cancel();
  vi.advanceTimersByTime(50 * DAY_MS);
  expect([fired, vi.getTimerCount()]).toEqual([0, 0]);
});
