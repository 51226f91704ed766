import type { ApiObject } from '@kubarium/shared';
import { invariant } from '@kubarium/shared';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RenderedEvent, WatchQuery } from '../registry.ts';
import { fakeDefinition, namespaces } from '../testing/fake-definitions.ts';
import { registryOf } from '../testing/test-registry.ts';

/**
 * Writers, watchers with selectors, drops, resumes, compaction and slow turns in any mix: what a watcher has put together from
 * its events is, at every bookmark of its own, what a list at that revision shows, and every event is told once and in order.
 */

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const RUNS = Number(process.env['RUNS'] ?? 40);
const WATCHERS = 4;
const SELECTORS: Partial<WatchQuery>[] = [
  {},
  { labelSelector: 'color=red' },
  { labelSelector: 'color in (red,blue),!old' },
  { fieldSelector: 'metadata.name=b' },
];

type Step =
  | { readonly do: 'write'; readonly name: string; readonly color: string; readonly old: boolean }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: 'turn' }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'drop' | 'resume'; readonly watcher: number };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      name,
      color: fc.constantFrom('red', 'blue', 'green'),
      old: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), watcher: fc.nat(WATCHERS - 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), watcher: fc.nat(WATCHERS - 1) }) },
);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many events the followers were told. */
let told = 0;

/** A client that keeps a cache by watching, and checks what it is told. */
class Follower {
  readonly query: Partial<WatchQuery>;
  readonly cache = new Map<string, string>();
  revision = 0;
  open: Disposable | undefined;
  expired = false;

  constructor(query: Partial<WatchQuery>) {
    this.query = query;
  }

  events(batch: readonly RenderedEvent[]): void {
    told += batch.length;
    for (const { type, value, text } of batch) {
      const { name: key, resourceVersion } = value.metadata;
      if (type === 'BOOKMARK') {
        this.revision = Number(resourceVersion);
        continue;
      }
      const at = `${type} ${key} at ${resourceVersion}`;
      invariant(this.revision === 0 || Number(resourceVersion) > this.revision, `${at} after ${this.revision}`);
      invariant((type === 'ADDED') !== this.cache.has(key), `${at}, which was ${this.cache.get(key)}`);
      if (this.revision > 0) this.revision = Number(resourceVersion);
      if (type === 'DELETED') this.cache.delete(key);
      else this.cache.set(key, text);
    }
  }

  error(): void {
    this.expired = true;
    this.open = undefined;
  }
}

async function run(steps: readonly Step[], path: string): Promise<void> {
  const { registry, storage, context } = await registryOf(
    () => [namespaces, fakeDefinition('widgets', 'Widget', {})],
    path,
  );
  const widgets = registry.resource('example.dev', 'v1', 'widgets')!;
  const followers = SELECTORS.map((query) => new Follower(query));
  const listed = async (query: Partial<WatchQuery>): Promise<Map<string, string>> => {
    const { items } = await widgets.list(context, { namespace: 'default', ...query });
    return new Map(items.map(({ value, text }) => [value.metadata.name, text]));
  };
  const resume = (follower: Follower): void => {
    if (follower.open !== undefined) return;
    if (follower.expired) {
      follower.expired = false;
      follower.cache.clear();
      follower.revision = 0;
    }
    const from =
      follower.revision === 0
        ? { sendInitialEvents: true, allowWatchBookmarks: true }
        : { resourceVersion: String(follower.revision) };
    follower.open = widgets.watch(context, { namespace: 'default', ...follower.query, ...from }, follower);
  };
  const apply = (action: Step): void => {
    switch (action.do) {
      case 'write': {
        const labels = { color: action.color, ...(action.old ? { old: '' } : {}) };
        const draft = { kind: 'Widget', apiVersion: 'example.dev/v1', metadata: { name: action.name, labels } };
        const target = { namespace: 'default', name: action.name };
        void widgets
          .update(context, target, draft as unknown as ApiObject)
          .catch(() => widgets.create(context, target, structuredClone(draft) as unknown as ApiObject))
          .catch(() => undefined);
        return;
      }
      case 'delete':
        void widgets.delete(context, { namespace: 'default', name: action.name }, {}).catch(() => undefined);
        return;
      case 'compact':
        storage.compact(Math.max(0, storage.revision - action.back));
        storage.sweep();
        return;
      case 'drop': {
        const follower = followers[action.watcher]!;
        follower.open?.[Symbol.dispose]();
        follower.open = undefined;
        return;
      }
      case 'resume':
        resume(followers[action.watcher]!);
        return;
      case 'turn':
    }
  };
  for (const action of steps) {
    apply(action);
    if (action.do === 'turn') await turn();
  }
  // Whoever was dropped, or too late, catches up.
  for (let round = 0; round < 3; round++) {
    for (const follower of followers) resume(follower);
    await turn();
    await turn();
  }
  for (const follower of followers) {
    expect(follower.expired).toBe(false);
    expect(follower.cache).toEqual(await listed(follower.query));
    follower.open?.[Symbol.dispose]();
  }
  await storage[Symbol.asyncDispose]();
}

const folder = mkdtempSync(join(tmpdir(), 'kubarium-watch-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

it.each([
  ['in memory', () => ':memory:'],
  ['on a file', () => join(folder, `${++files}.db`)],
])(
  `holds for any mix of writers, watchers, drops, resumes and compaction %s (SEED=${SEED} RUNS=${RUNS})`,
  async (store, path) => {
    told = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 250, size: 'max' }), (steps) =>
      run(steps, path()),
    );
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    if (process.env['RUNS'] !== undefined) process.stdout.write(`${told} events told, store ${store}\n`);
    expect(told).toBeGreaterThan(50 * RUNS);
  },
);
