import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';
import { VirtualClock } from './virtual-clock.ts';

test('fires timers by their time, then by their making, whatever was cancelled in between', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const clock = new VirtualClock(0);
    const fired: number[] = [];
    const wanted: { at: number; id: number }[] = [];
    const timers = Array.from({ length: 200 }, (_, id) => {
      const at = random.integer(20);
      wanted.push({ at, id });
      return clock.setTimer(at, () => void fired.push(id));
    });
    const cancelled = new Set(timers.keys().filter(() => random.integer(3) === 0));
    for (const id of cancelled) timers[id]!.cancel();
    expect(clock.timers, `seed ${seed}`).toBe(200 - cancelled.size);
    clock.advance(20);
    const order = wanted.filter(({ id }) => !cancelled.has(id)).toSorted((a, b) => a.at - b.at || a.id - b.id);
    expect(fired, `seed ${seed}`).toEqual(order.map(({ id }) => id));
    expect(clock.timers).toBe(0);
  }
});

test('forgets a timer that is cancelled, again and again, also after it fired', () => {
  const clock = new VirtualClock(0);
  clock.setTimer(1e9, () => {});
  for (let i = 0; i < 1000; i++) {
    const timer = clock.setTimer(1000, () => {});
    timer.cancel();
    timer.cancel();
  }
  expect(clock.timers).toBe(1);
  const once = clock.setTimer(5, () => {});
  clock.advance(5);
  once.cancel();
  expect(clock.timers).toBe(1);
});

test('fires what is due at one moment together, and leaves what they set for later', () => {
  const clock = new VirtualClock(0);
  const seen: string[] = [];
  clock.setTimer(10, () => {
    seen.push('a');
    clock.setTimer(0, () => void seen.push('later'));
    other.cancel();
  });
  clock.setTimer(10, () => void seen.push('b'));
  const other = clock.setTimer(10, () => void seen.push('cancelled'));
  expect(clock.fireMoment(9)).toBe(false);
  expect(clock.now()).toBe(9);
  expect(clock.fireMoment()).toBe(true);
  expect(seen).toEqual(['a', 'b']);
  expect(clock.fireMoment()).toBe(true);
  expect(seen).toEqual(['a', 'b', 'later']);
  expect(clock.now()).toBe(10);
});
