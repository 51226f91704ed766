import { describe, expect, it } from 'vitest';
import { StatusError } from '../apimachinery/status-error.ts';
import { Activity } from '../runtime/activity.ts';
import { type Logger, silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { turns } from '../testing/index.ts';
import { ReconcileLoop } from './reconcile-loop.ts';

function makeLoop(reconcile: (key: string) => Promise<void>, workers = 1) {
  const clock = new VirtualClock();
  const activity = new Activity();
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_facts, message) => void errors.push(message) };
  const runtime = { clock, random: seededRandom(1), logger, activity };
  return { clock, activity, errors, loop: new ReconcileLoop({ name: 'test', runtime, workers, reconcile }) };
}

describe('ReconcileLoop', () => {
  it('reconciles a burst of one key once, and again what came while it worked', async () => {
    const gates: (() => void)[] = [];
    const { loop, activity } = makeLoop(() => new Promise((resolve) => gates.push(resolve)), 4);
    for (let i = 0; i < 10; i++) loop.add('a');
    await loop.start();
    await turns();
    expect(gates).toHaveLength(1);
    loop.add('a');
    await turns();
    expect(gates).toHaveLength(1);
    gates[0]!();
    await turns();
    expect(gates).toHaveLength(2);
    gates[1]!();
    await activity.whenIdle();
    expect(loop.idle).toBe(true);
    await loop[Symbol.asyncDispose]();
  });

  it('repeats a failed key with back-off until it succeeds', async () => {
    let calls = 0;
    const { loop, clock, errors } = makeLoop(async () => {
      if (++calls < 4) throw new StatusError({ code: 409, reason: 'Conflict', message: 'try again' });
    });
    loop.add('a');
    await loop.start();
    for (const delayMs of [5, 10, 20]) {
      await turns();
      expect(clock.nextTimer()! - clock.now()).toBe(delayMs);
      clock.advance(delayMs);
    }
    await turns();
    expect(calls).toBe(4);
    expect(clock.nextTimer()).toBeUndefined();
    expect(errors).toEqual([]);
    await loop[Symbol.asyncDispose]();
  });

  it('tells of a bug in reconcile as an invariant', async () => {
    const { loop, errors } = makeLoop(() => Promise.reject(new TypeError('x is undefined')));
    loop.add('a');
    await loop.start();
    await turns();
    await loop[Symbol.asyncDispose]();
    expect(errors).toEqual(['invariant: reconcile threw something that is no StatusError']);
  });

  it('waits for the keys in work when it is disposed, and takes no more', async () => {
    const gates: (() => void)[] = [];
    const { loop } = makeLoop(() => new Promise((resolve) => gates.push(resolve)));
    loop.add('a');
    loop.add('b');
    await loop.start();
    await turns();
    let isDisposed = false;
    const disposed = loop[Symbol.asyncDispose]().then(() => (isDisposed = true));
    await turns();
    expect(isDisposed).toBe(false);
    gates[0]!();
    await disposed;
    expect(gates).toHaveLength(1);
  });
});
