import { VirtualClock } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, test } from 'vitest';
import { podInfo } from './pod-info.ts';
import { SchedulingQueue } from './scheduling-queue.ts';

const info = (name: string, priority = 0) =>
  podInfo(makePod({ metadata: { name, generation: 1 }, spec: { priority } }));
const setUp = () => {
  const clock = new VirtualClock();
  return { clock, queue: new SchedulingQueue({ clock }, () => undefined) };
};

test('gives pods by priority, then by age', () => {
  const { queue } = setUp();
  for (const one of [info('a'), info('b', 10), info('c'), info('d', 10)]) queue.add(one);
  expect(
    [queue.take(), queue.take(), queue.take(), queue.take(), queue.take()].map((one) => one?.pod.metadata.name),
  ).toEqual(['b', 'd', 'a', 'c', undefined]);
});

test('gives a pod once, however often it is added', () => {
  const { queue } = setUp();
  queue.add(info('a'));
  queue.add(info('a'));
  expect(queue.take()?.key).toBe('default/a');
  expect(queue.take()).toBeUndefined();
});

test('never gives a pod that was removed', () => {
  const { queue } = setUp();
  queue.add(info('a'));
  queue.remove('default/a');
  expect(queue.take()).toBeUndefined();
});

test('wakes a parked pod when the cluster changes, after its back-off', () => {
  const { clock, queue } = setUp();
  queue.add(info('a'));
  queue.take();
  queue.park('default/a');
  queue.wake();
  clock.advance(999);
  expect(queue.take()).toBeUndefined();
  clock.advance(1);
  expect(queue.take()?.key).toBe('default/a');
});

test('does not give a pod again that is being bound, whatever changes meanwhile', () => {
  const { clock, queue } = setUp();
  queue.add(info('a'));
  queue.take();
  queue.wake();
  clock.advance(60_000);
  expect(queue.take()).toBeUndefined();
  queue.park('default/a', true);
  clock.advance(1_000);
  expect(queue.take()?.key).toBe('default/a');
});

test('doubles the back-off to ten seconds', () => {
  const { clock, queue } = setUp();
  queue.add(info('a'));
  const waits: number[] = [];
  for (let i = 0; i < 6; i++) {
    queue.take();
    queue.park('default/a', true);
    const start = clock.now();
    clock.fireNext();
    waits.push(clock.now() - start);
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test('tries a parked pod again after five minutes without any change', () => {
  const { clock, queue } = setUp();
  queue.add(info('a'));
  queue.take();
  queue.park('default/a');
  clock.advance(5 * 60_000 - 1);
  expect(queue.take()).toBeUndefined();
  clock.advance(1);
  expect(queue.take()?.key).toBe('default/a');
});
