import { Activity, seededRandom, silentLogger, VirtualClock, type Status } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { reviewDefinition } from '../../endpoints/review-resource.ts';
import type { RenderedEvent } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { RecentLane } from './recent-lane.ts';
import { RecentObjects } from './recent-objects.ts';

const NOTES: ResourceDefinition = {
  ...reviewDefinition({ group: 'test', version: 'v1', resource: 'notes', kind: 'Note', namespaced: true, schema: '' }),
  fieldSelectors: ['metadata.name', 'metadata.namespace', 'color'],
  strategy: { selectableFields: { color: ({ metadata }) => metadata.labels?.['color'] ?? '' } },
};

function fixture(limits = { objects: 3, characters: 100_000 }) {
  const activity = new Activity();
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger, activity };
  const watched: boolean[] = [];
  const notes = new RecentObjects({ definition: NOTES, runtime, onWatched: (is) => void watched.push(is) });
  const context = { user: { name: 'tester', groups: [] }, runtime, dryRun: false };
  const lane = new RecentLane('notes', limits);
  const rare = new RecentLane('rare', limits);
  const add = (name: string, color = 'red', into = lane, namespace = 'default'): void =>
    notes.add(into, {
      kind: 'Note',
      apiVersion: 'test/v1',
      metadata: { name, namespace, labels: { color } },
    } as never);
  const names = async (query = {}): Promise<string[]> =>
    (await notes.list(context, query)).items.map(({ value }) => value.metadata.name);
  const watch = (query = {}, backlog = { bytes: 0 }) => {
    const seen: string[] = [];
    const errors: Status[] = [];
    const subscription = notes.watch(context, query, {
      events: (batch: readonly RenderedEvent[]) =>
        void seen.push(...batch.map(({ type, value }) => `${type} ${value.metadata.name ?? ''}`.trim())),
      error: (status) => void errors.push(status),
      backlogBytes: () => backlog.bytes,
    });
    return { seen, errors, stop: () => subscription[Symbol.dispose]() };
  };
  return { notes, context, lane, rare, add, names, watch, watched, activity };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lists', () => {
  it('tell the last ones of each lane, oldest first', async () => {
    const { add, names, rare, notes, context } = fixture();
    add('once', 'red', rare);
    for (const name of ['a', 'b', 'c', 'd']) add(name);
    expect(await names()).toEqual(['once', 'b', 'c', 'd']);
    expect((await notes.list(context, {})).resourceVersion).toBe('5');
    const found = await notes.get(context, { namespace: 'default', name: 'd' });
    expect(found.value.metadata.resourceVersion).toBe('5');
    await expect(notes.get(context, { namespace: 'default', name: 'a' })).rejects.toThrow('notes.test "a" not found');
  });

  it('are narrowed by namespace and selectors', async () => {
    const { add, names, lane } = fixture();
    add('a', 'red');
    add('b', 'blue');
    add('c', 'blue', lane, 'shop');
    expect(await names({ fieldSelector: 'color=blue' })).toEqual(['b', 'c']);
    expect(await names({ namespace: 'shop' })).toEqual(['c']);
    expect(await names({ labelSelector: 'color!=blue' })).toEqual(['a']);
    await expect(names({ fieldSelector: 'shape=round' })).rejects.toThrow('field label not supported: shape');
  });

  it('hold no more text than they may, but for the youngest', async () => {
    const { add, names } = fixture({ objects: 100, characters: 400 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(name);
    expect(await names()).toEqual(['c', 'd', 'e']);
    add('x'.repeat(1000));
    expect(await names()).toEqual(['x'.repeat(1000)]);
  });
});

describe('watches', () => {
  it('bring what is there, then what comes, a turn at a time', async () => {
    const { add, watch, watched, activity } = fixture();
    add('a');
    const { seen, stop } = watch();
    add('b');
    expect(seen).toEqual([]);
    expect(activity.idle).toBe(false);
    await turn();
    expect(seen).toEqual(['ADDED a', 'ADDED b']);
    add('a');
    await turn();
    expect(seen.at(-1)).toBe('MODIFIED a');
    stop();
    add('c');
    await turn();
    expect(seen).toHaveLength(3);
    expect(watched).toEqual([true, false]);
    expect(activity.idle).toBe(true);
  });

  it('go on after a version without telling anything twice', async () => {
    const { add, watch } = fixture();
    const early = watch();
    add('a');
    const later = watch({ resourceVersion: '1' });
    add('b');
    await turn();
    expect([early.seen, later.seen]).toEqual([['ADDED a', 'ADDED b'], ['ADDED b']]);
  });

  it('mark the end of what was there for those who ask', async () => {
    const { add, watch } = fixture();
    add('a');
    const { seen } = watch({ sendInitialEvents: true, allowWatchBookmarks: true });
    await turn();
    expect(seen).toEqual(['ADDED a', 'BOOKMARK']);
  });

  it('that select little are told now and then of the version that all has come to', async () => {
    const { add, watch } = fixture();
    const query = {
      fieldSelector: 'color=blue',
      allowWatchBookmarks: true,
      resourceVersion: '0',
      sendInitialEvents: false,
    };
    const [bookmarked, plain] = [watch(query), watch({ ...query, allowWatchBookmarks: false })];
    for (let n = 0; n < 250; n++) {
      add(`red-${n}`);
      if (n === 150) add('blue', 'blue');
      await turn();
    }
    expect(bookmarked.seen).toEqual(['BOOKMARK', 'ADDED blue']);
    expect(plain.seen).toEqual(['ADDED blue']);
  });

  it.each([
    ['what has fallen out', '1'],
    ['an earlier process', '99'],
  ])('are expired after a version of %s', async (_what, resourceVersion) => {
    const { add, watch, watched } = fixture();
    for (const name of ['a', 'b', 'c', 'd', 'e']) add(name);
    const { errors } = watch({ resourceVersion });
    await turn();
    expect(errors).toMatchObject([{ code: 410, reason: 'Expired' }]);
    expect(watched).toEqual([]);
  });

  it('that are not read end with 410, and the others go on', async () => {
    const { add, watch } = fixture();
    const backlog = { bytes: 0 };
    const slow = watch({}, backlog);
    const quick = watch();
    add('a');
    await turn();
    backlog.bytes = 2 ** 21;
    for (const name of ['b', 'c']) {
      add(name);
      await turn();
    }
    expect(slow.seen).toEqual(['ADDED a']);
    expect(slow.errors).toMatchObject([{ code: 410, reason: 'Expired' }]);
    expect(quick.seen).toEqual(['ADDED a', 'ADDED b', 'ADDED c']);
  });
});
