import { describe, expect, it } from 'vitest';
import { Activity } from '../runtime/activity.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { WorkQueue } from './work-queue.ts';

function makeQueue() {
  const clock = new VirtualClock();
  const activity = new Activity();
  return { clock, activity, queue: new WorkQueue({ clock, activity }) };
}

describe('WorkQueue', () => {
  it('hands out keys in the order of their first adding, each once', async () => {
    const { queue } = makeQueue();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.length).toBe(3);
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['a', 'b', 'c']);
  });

  it('never hands out a key that is in work, and again once it is done', async () => {
    const { queue } = makeQueue();
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.add('a');
    queue.add('b');
    expect(await queue.take()).toBe('b');
    expect(queue.length).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
  });

  it('gives a waiting taker the key that is added', async () => {
    const { queue } = makeQueue();
    const taken = queue.take();
    queue.add('a');
    expect(await taken).toBe('a');
  });

  it('adds a delayed key at the earliest of its moments, once', () => {
    const { clock, queue } = makeQueue();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 300);
    queue.addAfter('a', 500);
    clock.advance(299);
    expect(queue.length).toBe(0);
    clock.advance(1);
    expect(queue.length).toBe(1);
    clock.advance(1000);
    expect(queue.length).toBe(1);
  });

  it.each([
    ['the first', 0, 5],
    ['the fourth', 3, 40],
    ['any very late', 40, 1_000_000],
  ])('delays %s failure by its back-off', (_name, before, delayMs) => {
    const { clock, queue } = makeQueue();
    for (let failure = 0; failure < before; failure++) {
      queue.addRateLimited('a');
      clock.advance(1_000_000);
    }
    queue.add('drained');
    const length = queue.length;
    // 'a' is in the queue already where it failed before, so watch another key's view: the timer itself.
    queue.addRateLimited('a');
    expect(clock.nextTimer()! - clock.now()).toBe(delayMs);
    expect(queue.length).toBe(length);
  });

  it('starts the back-off anew after forget', () => {
    const { clock, queue } = makeQueue();
    for (let failure = 0; failure < 5; failure++) {
      queue.addRateLimited('a');
      clock.advance(1_000_000);
    }
    queue.forget('a');
    queue.addRateLimited('a');
    expect(clock.nextTimer()! - clock.now()).toBe(5);
  });

  it('answers undefined to every taker once it is shut down', async () => {
    const { queue } = makeQueue();
    const waiting = queue.take();
    queue.shutDown();
    queue.add('late');
    expect([await waiting, await queue.take()]).toEqual([undefined, undefined]);
  });

  it('is idle, and says so to the activity, only while nothing waits and nothing is in work', async () => {
    const { queue, activity, clock } = makeQueue();
    const states: boolean[] = [];
    const note = (): void => {
      expect(queue.idle).toBe(activity.idle);
      states.push(queue.idle);
    };
    note();
    queue.add('a');
    note();
    await queue.take();
    queue.add('a');
    note();
    queue.done('a');
    await queue.take();
    note();
    queue.done('a');
    note();
    queue.addAfter('a', 10);
    note();
    clock.advance(10);
    note();
    queue.shutDown();
    note();
    expect(states).toEqual([true, false, false, false, true, true, false, true]);
  });

  it('keeps its order over many thousand keys', async () => {
    const { queue } = makeQueue();
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 5000; i++) {
      queue.add(`${2 * i}`);
      queue.add(`${2 * i + 1}`);
      taken.push(await queue.take());
    }
    while (queue.length > 0) taken.push(await queue.take());
    expect(taken).toEqual(Array.from({ length: 10_000 }, (_, i) => `${i}`));
  });
});
