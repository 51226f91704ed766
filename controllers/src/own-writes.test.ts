import { type Informer, type InformerHandler, keyOf, type Pod, StatusError, VirtualClock } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import { OwnWrites } from './own-writes.ts';

const pod = (name: string, version: number, more: object = {}): Pod =>
  makePod({ metadata: { name, uid: name, resourceVersion: String(version), ...more } });

/** An informer in the hands of the test: its cache lags behind until `show` or `hide`. */
function makeCache() {
  const objects = new Map<string, Pod>();
  const handlers: InformerHandler<Pod>[] = [];
  const informer = {
    store: { get: (key: string) => objects.get(key) },
    onChange: (handler: InformerHandler<Pod>) => void handlers.push(handler),
  } as unknown as Informer<Pod>;
  const clock = new VirtualClock();
  const own = new OwnWrites(informer, clock, () => 'group');
  const show = (object: Pod): void => {
    const previous = objects.get(keyOf(object));
    objects.set(keyOf(object), object);
    for (const handler of handlers) {
      if (previous === undefined) handler.added?.(object);
      else handler.updated?.(object, previous);
    }
  };
  const hide = (object: Pod): void => {
    objects.delete(keyOf(object));
    for (const handler of handlers) handler.deleted?.(object);
  };
  const seen = (): string[] =>
    own.merge('group', [...objects.values()]).map(({ metadata }) => `${metadata.name}${metadata.resourceVersion}`);
  return { own, clock, show, hide, seen };
}

describe('OwnWrites', () => {
  it('shows a created object before the cache does, and once', async () => {
    const { own, show, seen } = makeCache();
    await own.write(Promise.resolve(pod('a', 5)));
    expect(seen()).toEqual(['a5']);
    show(pod('a', 5));
    expect(seen()).toEqual(['a5']);
    show(pod('a', 6));
    expect(seen()).toEqual(['a6']);
  });

  it('prefers its own newer state to an older one that arrives late', async () => {
    const { own, show, seen } = makeCache();
    show(pod('a', 1));
    await own.write(Promise.resolve(pod('a', 7)));
    show(pod('a', 4));
    expect(seen()).toEqual(['a7']);
    expect(own.latest('default/a')?.metadata.resourceVersion).toBe('7');
    show(pod('a', 9));
    expect(seen()).toEqual(['a9']);
  });

  it('does not bring back what was created and gone before the answer came', async () => {
    const { own, show, hide, seen } = makeCache();
    const answer = Promise.withResolvers<Pod>();
    const written = own.write(answer.promise);
    show(pod('a', 5));
    hide(pod('a', 6));
    answer.resolve(pod('a', 5));
    await written;
    expect(seen()).toEqual([]);
  });

  it.each([
    ['a Status, the object being gone', () => Promise.resolve({ kind: 'Status', metadata: {} } as never), []],
    ['the dying object', () => Promise.resolve(pod('a', 8, { deletionTimestamp: 'x' })), ['a8']],
    ['NotFound', () => Promise.reject(new StatusError({ code: 404, reason: 'NotFound', message: '' })), []],
  ])('believes a deletion answered with %s', async (_title, answer, expected) => {
    const { own, show, hide, seen } = makeCache();
    show(pod('a', 1));
    await own.delete(pod('a', 1), answer());
    expect(seen()).toEqual(expected);
    hide(pod('a', 9));
    expect(seen()).toEqual([]);
    show(makePod({ metadata: { name: 'a', uid: 'another', resourceVersion: '10' } }));
    expect(seen()).toEqual(['a10']);
  });

  it('knows its own writes when the cache tells of them', async () => {
    const { own } = makeCache();
    await own.write(Promise.resolve(pod('a', 5)));
    expect([own.isEcho(pod('a', 5)), own.isEcho(pod('a', 6)), own.isEcho(pod('b', 5))]).toEqual([true, false, false]);
  });

  it('gives up after five minutes on what never shows', async () => {
    const { own, clock, seen } = makeCache();
    await own.write(Promise.resolve(pod('a', 5)));
    clock.advance(300_001);
    seen();
    expect(seen()).toEqual([]);
  });
});
