import { deepEqual, invariant, type ApiObject, type Status } from '@kubarium/shared';
import fc from 'fast-check';
import type { WatchQuery } from '../registry.ts';
import { namespaceDraft, type TestRegistry } from './test-registry.ts';
import { toldEvent, WatchReference, type IsSelected, type ToldEvent } from './watch-reference.ts';
import type { WatchClient, WatchHandle, WatchWay } from './watch-way.ts';

/**
 * Writers, watchers with selectors, drops, stalls, resumes from any revision, bookmarks, timeouts and compaction in any mix. Each watcher is
 * compared with the reference event by event: none is lost, repeated or out of order; a bookmark comes after all that it stands for; a list,
 * and what a watch begins with, is what there was at its revision; 410 comes where the past is gone, and only there.
 */

const SELECTIONS: readonly { readonly query: Partial<WatchQuery>; readonly isSelected: IsSelected }[] = [
  { query: {}, isSelected: () => true },
  { query: { labelSelector: 'color=red' }, isSelected: (_name, { color }) => color === 'red' },
  {
    query: { labelSelector: 'color in (red,blue),!old' },
    isSelected: (_name, { color, old }) => (color === 'red' || color === 'blue') && old === undefined,
  },
  { query: { fieldSelector: 'metadata.name=b' }, isSelected: (name) => name === 'b' },
  {
    query: { labelSelector: 'color=red', fieldSelector: 'metadata.name!=b' },
    isSelected: (name, { color }) => color === 'red' && name !== 'b',
  },
];

interface Write {
  readonly name: string;
  /** Undefined: a delete. */
  readonly color: string | undefined;
  readonly isOld: boolean;
  readonly size: number;
}

export type WatchStep =
  | { readonly do: 'write'; readonly writes: readonly Write[] }
  | { readonly do: 'turns'; readonly count: number }
  | { readonly do: 'minute' }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'drop' | 'stall' | 'proceed'; readonly watcher: number }
  | Opening;

interface Opening {
  readonly do: 'list' | 'stream' | 'resume';
  readonly watcher: number;
  /** How far before what was seen last a watch resumes. */
  readonly back: number;
  readonly hasTimeout: boolean;
}

const write: fc.Arbitrary<Write> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  color: fc.constantFrom('red', 'red', 'red', 'blue', 'blue', 'green', undefined),
  isOld: fc.boolean(),
  size: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 20_000),
});
const watcher = fc.nat(SELECTIONS.length - 1);
const just = <T extends string>(name: T) => fc.constant(name);
const step: fc.Arbitrary<WatchStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: just('write'), writes: fc.array(write, { minLength: 1, maxLength: 30 }) }) },
  { weight: 3, arbitrary: fc.record({ do: just('turns'), count: fc.constantFrom(1, 1, 1, 5, 20) }) },
  { weight: 1, arbitrary: fc.record({ do: just('minute') }) },
  { weight: 1, arbitrary: fc.record({ do: just('compact'), back: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('drop', 'stall', 'proceed'), watcher }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('list', 'stream', 'resume'),
      watcher,
      back: fc.constantFrom(0, 0, 0, 5, 50),
      hasTimeout: fc.boolean(),
    }),
  },
);
export const watchSteps = fc.array(step, { minLength: 30, maxLength: 120, size: 'max' });

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many turns anything may take to arrive. */
const PATIENCE_TURNS = 200_000;

/** One watcher: what it was told since its watch began, compared with what it must be told. */
class Follower implements WatchClient {
  readonly #way: WatchWay;
  readonly #reference: WatchReference;
  readonly #query: WatchQuery;
  readonly #isSelected: IsSelected;
  readonly #compacted: () => number;
  #handle: WatchHandle | undefined;
  /** Where the watch began; undefined while it is still told what there is. */
  #from: number | undefined;
  #initial: ToldEvent[] = [];
  /** Up to where it has been told everything. */
  #last: number;
  /** The past was gone already when the watch was asked for: it must be refused. */
  #mustFail = false;
  #flaw: Error | undefined;
  told = 0;

  constructor(way: WatchWay, reference: WatchReference, index: number, namespace: string, compacted: () => number) {
    const { query, isSelected } = SELECTIONS[index]!;
    this.#way = way;
    this.#reference = reference;
    this.#query = { ...query, namespace };
    this.#isSelected = isSelected;
    this.#compacted = compacted;
    this.#last = reference.start;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  get last(): number {
    return this.#last;
  }

  get isCaughtUp(): boolean {
    return this.isOpen && this.#from !== undefined && this.#next() === undefined;
  }

  /** A list, and a watch from its revision on. */
  async list(hasTimeout: boolean): Promise<void> {
    const { revision, items } = await this.#way.list(this.#query);
    this.#compare(
      items.map((item) => toldEvent('ADDED', item)),
      this.#reference.state(this.#isSelected, revision),
      `a list at ${revision}`,
    );
    if (!this.isOpen) this.resume(revision, hasTimeout);
  }

  /** A watch that begins with what there is. */
  stream(hasTimeout: boolean): void {
    this.#open(undefined, { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }, hasTimeout);
  }

  resume(revision: number, hasTimeout: boolean): void {
    this.#open(revision, { resourceVersion: String(revision) }, hasTimeout);
  }

  drop(): void {
    this.#handle?.drop();
    this.#handle = undefined;
  }

  stall(): void {
    this.#handle?.stall();
  }

  proceed(): void {
    this.#handle?.proceed();
  }

  event(type: string, object: ApiObject): void {
    this.#judge(() => this.#event(type, object));
  }

  /** Throws what was wrong with what this follower was told: events come where nobody would catch it. */
  check(): void {
    if (this.#flaw !== undefined) throw this.#flaw;
  }

  #judge(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#flaw ??= error as Error;
    }
  }

  #event(type: string, object: ApiObject): void {
    invariant(!this.#mustFail, `told ${type} from ${this.#from}, which is compacted`);
    if (type === 'BOOKMARK') return this.#bookmark(Number(object.metadata.resourceVersion));
    this.told++;
    if (this.#from === undefined) {
      this.#initial.push(toldEvent(type, object));
      return;
    }
    const event = toldEvent(type, object);
    this.#compare(event, this.#next(), `from ${this.#from}, after ${this.#last}`);
    this.#last = event.revision;
  }

  end(status?: Status): void {
    this.#handle = undefined;
    if (status === undefined) return;
    this.#judge(() =>
      invariant(
        status.code === 410 && this.#from !== undefined && this.#from < this.#compacted(),
        `a watch from ${this.#from} ends with ${JSON.stringify(status)}`,
      ),
    );
    this.#last = this.#compacted();
  }

  toString(): string {
    return JSON.stringify({ query: this.#query, from: this.#from, last: this.#last, next: this.#next() }).slice(0, 500);
  }

  #open(from: number | undefined, how: Partial<WatchQuery>, hasTimeout: boolean): void {
    this.#from = from;
    this.#last = from ?? this.#last;
    this.#initial = [];
    this.#mustFail = from !== undefined && from < this.#compacted();
    const timeout = hasTimeout ? { timeoutSeconds: 90 } : {};
    this.#handle = this.#way.watch({ ...this.#query, ...how, ...timeout, allowWatchBookmarks: true }, this);
  }

  /** All that is up to its revision has been told. */
  #bookmark(revision: number): void {
    if (this.#from === undefined) {
      const state = this.#reference.state(this.#isSelected, revision);
      this.#compare(this.#initial, state, `what a watch begins with at ${revision}`);
      this.#from = revision;
    } else {
      const next = this.#next();
      invariant(revision >= this.#last, `the bookmark ${revision} after ${this.#last}`);
      invariant(
        next === undefined || next.revision > revision,
        `the bookmark ${revision}, but ${JSON.stringify(next)} was not told`,
      );
    }
    this.#last = revision;
  }

  #next(): ToldEvent | undefined {
    return this.#reference.next(this.#isSelected, this.#last);
  }

  #compare(told: unknown, expected: unknown, when: string): void {
    invariant(
      deepEqual(told, expected),
      `${when}: told ${JSON.stringify(told).slice(0, 500)}, has happened ${JSON.stringify(expected ?? null).slice(0, 500)}`,
    );
  }
}

/** Goes through the steps in a namespace of its own; throws at the first difference. Resolves with how many events were told. */
export async function followWatches(
  steps: readonly WatchStep[],
  { registry, storage, clock, context }: TestRegistry,
  way: WatchWay,
  namespace: string,
): Promise<number> {
  await registry.resource('', 'v1', 'namespaces')!.create(context, {}, namespaceDraft(namespace));
  const widgets = registry.resource('example.dev', 'v1', 'widgets')!;
  using reference = new WatchReference(storage, `widgets/${namespace}/`);
  const compacted = (): number => storage.compactedRevision;
  const followers = SELECTIONS.map((_, index) => new Follower(way, reference, index, namespace, compacted));
  const lists: Promise<void>[] = [];
  let writes = 0;
  const put = ({ name, color, isOld, size }: Write): void => {
    const target = { namespace, name };
    if (color === undefined) return void widgets.delete(context, target, {}).catch(() => undefined);
    const labels = { color, ...(isOld ? { old: '' } : {}) };
    const metadata = { name, labels, annotations: { write: String(++writes), filler: 'x'.repeat(size) } };
    const draft = { kind: 'Widget', apiVersion: 'example.dev/v1', metadata } as unknown as ApiObject;
    void widgets
      .update(context, target, draft)
      .catch(() => widgets.create(context, target, structuredClone(draft)))
      .catch(() => undefined);
  };
  const open = (action: Opening): void => {
    const follower = followers[action.watcher]!;
    if (follower.isOpen) return;
    if (action.do === 'list') lists.push(follower.list(action.hasTimeout));
    else if (action.do === 'stream') follower.stream(action.hasTimeout);
    else follower.resume(Math.max(reference.start, follower.last - action.back), action.hasTimeout);
  };
  for (const follower of followers) follower.stream(false);
  for (const action of steps) {
    if (action.do === 'write') action.writes.forEach(put);
    else if (action.do === 'turns') for (let i = 0; i < action.count; i++) await turn();
    else if (action.do === 'minute') clock.advance(60_000);
    else if (action.do === 'compact') {
      storage.compact(Math.max(0, storage.revision - action.back));
      storage.sweep();
    } else if ('hasTimeout' in action) open(action);
    else followers[action.watcher]![action.do]();
  }
  await Promise.all(lists);
  // Whoever was dropped, stalled, or too late, catches up.
  for (let turns = 0; !followers.every(({ isCaughtUp }) => isCaughtUp); turns++) {
    invariant(turns < PATIENCE_TURNS, `never told: ${followers.join()}`);
    for (const follower of followers) {
      follower.check();
      follower.proceed();
      if (!follower.isOpen) follower.stream(false);
    }
    await turn();
  }
  for (const follower of followers) {
    follower.drop();
    follower.check();
  }
  return followers.reduce((sum, { told }) => sum + told, 0);
}
