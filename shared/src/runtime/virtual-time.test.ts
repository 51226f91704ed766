import { expect, test } from 'vitest';
import { Activity } from './activity.ts';
import { sleep } from './clock.ts';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualTime } from './virtual-time.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const setUp = () => {
  const clock = new VirtualClock(0);
  const activity = new Activity();
  return { clock, activity, time: new VirtualTime(clock, activity) };
};

test('fires what becomes due on the way, each after the one before has come to rest', async () => {
  const { clock, time } = setUp();
  const seen: string[] = [];
  const tick = async (name: string, delayMs: number): Promise<void> => {
    await sleep(clock, delayMs);
    seen.push(`${name}@${clock.now()}`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} rests`);
  };
  void tick('b', 20);
  void tick('a', 10);
  await time.advance(15);
  expect(seen).toEqual(['a@10', 'a rests']);
  expect(clock.now()).toBe(15);
  await time.advance(5);
  expect(seen).toEqual(['a@10', 'a rests', 'b@20', 'b rests']);
});

test('settles only once counted work has ended, and fires timers that are due at once', async () => {
  const { clock, activity, time } = setUp();
  let done = false;
  activity.begin();
  setTimeout(() => {
    clock.setTimer(0, () => (done = true));
    activity.end();
  }, 5);
  await time.settle();
  expect(done).toBe(true);
  expect(clock.now()).toBe(0);
});

test('steps from one moment to the next', async () => {
  const { clock, time } = setUp();
  const seen: string[] = [];
  for (const [name, delayMs] of [
    ['a', 10],
    ['b', 10],
    ['c', 25],
  ] as const)
    clock.setTimer(delayMs, () => void seen.push(`${name}@${clock.now()}`));
  expect(await time.step()).toBe(true);
  expect(seen).toEqual(['a@10', 'b@10']);
  expect(await time.step()).toBe(true);
  expect(seen.at(-1)).toBe('c@25');
  expect(await time.step()).toBe(false);
  expect(clock.now()).toBe(25);
});

test('advances until a condition holds, or says that it does not', async () => {
  const { clock, time } = setUp();
  let count = 0;
  const again = (): void => void clock.setTimer(1_000, () => (count++, again()));
  again();
  expect(await time.advanceUntil(() => count === 5)).toBe(true);
  expect(clock.now()).toBe(5_000);
  expect(await time.advanceUntil(() => false, 2_500)).toBe(false);
  expect(clock.now()).toBe(7_500);
});

test('lets time pass for a condition that wants it', async () => {
  const { clock, time } = setUp();
  let count = 0;
  const again = (): void => void clock.setTimer(1_000, () => (count++, again()));
  again();
  const looksAhead = async (): Promise<boolean> => {
    await time.advance(250);
    const [, isThree] = await Promise.all([time.settle(), time.advanceUntil(async () => count >= 3, 500)]);
    return isThree;
  };
  expect(await time.advanceUntil(looksAhead, 10_000)).toBe(true);
  expect(clock.now()).toBe(3_250);
});

test('does not let time pass while a condition is looked at that wants none, whoever comes meanwhile', async () => {
  const { clock, activity, time } = setUp();
  const seen: number[] = [];
  const slow = async (): Promise<boolean> => {
    activity.begin();
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    activity.end();
    seen.push(clock.now());
    return clock.now() >= 20;
  };
  clock.setTimer(10, () => {});
  clock.setTimer(20, () => {});
  const first = time.advanceUntil(slow);
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  const second = time.advance(15);
  expect(await Promise.all([first, second])).toEqual([true, undefined]);
  expect([...new Set(seen)]).toEqual([0, 10, 15, 20]);
});

test('ends a condition that throws, and one that waits for what never comes', async () => {
  const { time } = setUp();
  await expect(time.advanceUntil(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  const never = (): Promise<boolean> => time.advanceUntil(() => false, Infinity);
  expect(await time.advanceUntil(never, 1_000)).toBe(false);
});

test('ends all waiting when it is stopped, though work has not ended', async () => {
  const { clock, activity, time } = setUp();
  const waiting = [time.advanceUntil(() => false), time.advanceUntil(() => time.advanceUntil(() => false))];
  await nextTurn();
  activity.begin();
  await nextTurn();
  time.stop();
  expect(await Promise.all(waiting)).toEqual([false, false]);
  expect(await time.advanceUntil(() => true)).toBe(false);
  expect(clock.now()).toBe(0);
});
