import type { Activity } from '@kubarium/shared';
import { invariant } from '@kubarium/shared';
import type { LogEntry, RevisionLog } from './revision-log.ts';
import { SortedMap } from './sorted-map.ts';
import { StorageError } from './storage-error.ts';
import type { Change, Codec, Encoded, ListRange, ListResult, Storage, Stored } from './storage.ts';
import { StoredRecord } from './stored-record.ts';
import { WatchHub } from './watch-hub.ts';

export interface LogStorageOptions<T extends object> {
  readonly codec: Codec<T>;
  /**
   * Runs the commit of a turn's writes once the turn is over. By default `setImmediate`: after all that the turn's promises
   * do, and in an order that depends on nothing outside the process.
   */
  readonly endOfTurn?: ((commit: () => void) => void) | undefined;
  /** Told of writes that wait for their commit. */
  readonly activity?: Activity | undefined;
}

/** What exists and is seldom read: its text is in the log alone. */
class Away {
  readonly revision: number;
  readonly createRevision: number;

  constructor({ revision, createRevision }: Stored<unknown>) {
    this.revision = revision;
    this.createRevision = createRevision;
  }
}

/** Somebody who waits for the commit. */
interface Waiter {
  readonly key: string;
  settle(): void;
  reject(error: StorageError): void;
}

/** `prefix` and the first key after all that start with it. */
const rangeOf = (prefix: string): [start: string, end: string] => {
  if (prefix === '') return ['', '\uffff'];
  invariant(prefix.endsWith('/'), `a prefix ends in a slash: ${prefix}`);
  // '0' follows '/'.
  return [prefix, `${prefix.slice(0, -1)}0`];
};

/**
 * Storage over a log: what exists now is in memory, what was is read from the log. All writes of one turn of the event loop
 * become one transaction of the log (group commit): later writes of the turn see the earlier ones, readers and watchers see
 * them once they are durable. Where the log refuses, all writes of the turn fail and nothing of them has happened.
 */
export class LogStorage<T extends object> implements Storage<T> {
  readonly #log: RevisionLog;
  readonly #codec: Codec<T>;
  readonly #endOfTurn: (commit: () => void) => void;
  readonly #activity: Activity | undefined;
  readonly #hub = new WatchHub<T>();
  readonly #current = new SortedMap<StoredRecord<T> | Away>();
  /** What this turn made of keys: null where it deleted one. */
  readonly #pending = new Map<string, StoredRecord<T> | null>();
  #changes: Change<T>[] = [];
  #waiters: Waiter[] = [];
  #commitDue = false;
  #revision: number;
  #disposed = false;

  constructor(
    log: RevisionLog,
    { codec, activity, endOfTurn = (commit) => void setImmediate(commit) }: LogStorageOptions<T>,
  ) {
    this.#log = log;
    this.#codec = codec;
    this.#endOfTurn = endOfTurn;
    this.#activity = activity;
    this.#revision = log.lastRevision;
    for (const entry of log.current()) this.#keep(this.#record(entry));
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#log.compactedRevision;
  }

  get idle(): boolean {
    return !this.#commitDue;
  }

  create(key: string, value: T): Promise<Stored<T>> {
    return this.#write(key, (current) => {
      if (current !== undefined) throw new StorageError('exists', key);
      const revision = this.#nextRevision();
      const made = new StoredRecord(key, revision, revision, this.#encoded(key, value, revision), this.#codec);
      this.#stage('create', made, undefined);
      return made;
    });
  }

  update(key: string, revise: (current: Stored<T>) => T): Promise<Stored<T>> {
    return this.#write(key, (current) => {
      if (current === undefined) throw new StorageError('absent', key);
      const value = revise(current);
      if (value === current.value) return current;
      const revision = this.#nextRevision();
      const encoded = this.#encoded(key, value, revision);
      const made = new StoredRecord(key, revision, current.createRevision, encoded, this.#codec);
      this.#stage('update', made, current);
      return made;
    });
  }

  delete(key: string, check?: (current: Stored<T>) => void): Promise<Stored<T>> {
    return this.#write(key, (current) => {
      if (current === undefined) throw new StorageError('absent', key);
      check?.(current);
      const revision = this.#nextRevision();
      const encoded = this.#codec.encode(current.value, revision);
      const last = new StoredRecord(key, revision, current.createRevision, encoded, this.#codec);
      this.#stage('delete', last, current);
      return last;
    });
  }

  get(key: string): StoredRecord<T> | undefined {
    const current = this.#current.get(key);
    if (!(current instanceof Away)) return current;
    const { revision, createRevision } = current;
    return new StoredRecord(key, revision, createRevision, { text: this.#log.text(revision) }, this.#codec);
  }

  isTaken(key: string): boolean {
    const pending = this.#pending.get(key);
    return pending === undefined ? this.#current.get(key) !== undefined : pending !== null;
  }

  list(prefix: string, { after, limit = Infinity, revision = this.#revision }: ListRange = {}): ListResult<T> {
    this.#checkRevision(prefix, revision);
    const [first, end] = rangeOf(prefix);
    // The smallest key greater than `after`.
    const start = after !== undefined && after >= first ? `${after}\0` : first;
    if (revision < this.#revision) return this.#listAt(revision, start, end, limit);
    const items: Stored<T>[] = [];
    for (const key of this.#current.keys(start, end)) {
      if (items.length >= limit) break;
      items.push(this.get(key)!);
    }
    return { revision, items, remaining: this.#current.count(start, end) - items.length };
  }

  count(prefix: string): number {
    return this.#current.count(...rangeOf(prefix));
  }

  watch(prefix: string, revision: number, sink: (batch: readonly Change<T>[]) => void): Disposable {
    this.#checkRevision(prefix, revision);
    const past = revision < this.#revision ? this.#changesSince(prefix, revision) : [];
    return this.#hub.add(prefix, past, sink);
  }

  compact(revision: number): void {
    if (revision > this.#revision) throw new StorageError('future', '');
    if (revision > this.compactedRevision) this.#log.compact(revision);
  }

  /** Frees some of the room that compaction has made free; true where there is more to do. Throws where the medium refuses. */
  sweep(): boolean {
    return this.#log.sweep();
  }

  /** Commits this turn's writes now instead of at its end. */
  flush(): void {
    if (!this.#commitDue) return;
    this.#commitDue = false;
    this.#commit();
    this.#activity?.end();
  }

  #commit(): void {
    const [changes, waiters] = [this.#changes, this.#waiters];
    this.#changes = [];
    this.#waiters = [];
    this.#pending.clear();
    try {
      if (changes.length > 0) this.#log.append(changes.map(entryOf));
    } catch (error) {
      for (const waiter of waiters) waiter.reject(new StorageError('unwritable', waiter.key, { cause: error }));
      return;
    }
    for (const { type, current } of changes) {
      if (type === 'delete') this.#current.delete(current.key);
      else this.#keep(current as StoredRecord<T>);
    }
    this.#revision = changes.at(-1)?.current.revision ?? this.#revision;
    this.#hub.tell(changes);
    for (const waiter of waiters) waiter.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.flush();
    this.#disposed = true;
    this.#log[Symbol.dispose]();
  }

  /**
   * Runs one write against the state that the turn has made so far. What it comes to is told at the commit, where it stands on
   * something not yet durable: a refusal (`exists`) as well, since the write that it stands on may fail.
   */
  #write(key: string, work: (current: StoredRecord<T> | undefined) => StoredRecord<T>): Promise<Stored<T>> {
    if (this.#disposed) return Promise.reject(new StorageError('unwritable', key, { cause: new Error('closed') }));
    const pending = this.#pending.get(key);
    const staged = this.#changes.length;
    let outcome: { result: StoredRecord<T> } | { error: unknown };
    try {
      outcome = { result: work(pending === undefined ? this.get(key) : (pending ?? undefined)) };
    } catch (error) {
      outcome = { error };
    }
    const settled = 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.result);
    if (pending === undefined && this.#changes.length === staged) return settled;
    settled.catch(() => undefined);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ key, settle: () => resolve(settled), reject });
    });
  }

  #encoded(key: string, value: T, revision: number): Encoded<T> {
    const encoded = this.#codec.encode(value, revision);
    if (this.#codec.isTooLarge?.(encoded) === true) throw new StorageError('too-large', key);
    return encoded;
  }

  #keep(record: StoredRecord<T>): void {
    const isSeldomRead = this.#codec.isSeldomRead?.(record.key) === true;
    this.#current.set(record.key, isSeldomRead ? new Away(record) : record);
  }

  #nextRevision(): number {
    return (this.#changes.at(-1)?.current.revision ?? this.#revision) + 1;
  }

  #stage(type: Change<T>['type'], current: StoredRecord<T>, previous: Stored<T> | undefined): void {
    this.#changes.push({ type, current, previous });
    this.#pending.set(current.key, type === 'delete' ? null : current);
    if (this.#commitDue) return;
    this.#commitDue = true;
    this.#activity?.begin();
    this.#endOfTurn(() => this.flush());
  }

  #checkRevision(key: string, revision: number): void {
    if (revision > this.#revision) throw new StorageError('future', key);
    if (revision < this.compactedRevision) throw new StorageError('compacted', key);
  }

  /** What is there now, with the keys that have changed since put back to what they were. */
  #listAt(revision: number, start: string, end: string, limit: number): ListResult<T> {
    const before = this.#log.stateBefore(revision, start, end);
    const unchanged = [...this.#current.keys(start, end)].filter((key) => !before.has(key));
    const restored = [...before].flatMap(([key, entry]) => (entry === undefined ? [] : [key]));
    const keys = restored.length === 0 ? unchanged : [...unchanged, ...restored].toSorted(byUnits);
    const items = keys
      .slice(0, limit)
      .map((key) => (before.has(key) ? this.#record(before.get(key)!) : this.get(key)!));
    return { revision, items, remaining: keys.length - items.length };
  }

  #changesSince(prefix: string, revision: number): Change<T>[] {
    return this.#log.changes(revision, ...rangeOf(prefix)).map(({ entry, previous }) => ({
      type: entry.deleted ? 'delete' : previous === undefined ? 'create' : 'update',
      current: this.#record(entry),
      previous: previous === undefined ? undefined : this.#record(previous),
    }));
  }

  /** The record of an entry: the one in memory, where it is still the current one. */
  #record({ key, revision, createRevision, text }: LogEntry): StoredRecord<T> {
    const current = this.#current.get(key);
    if (current?.revision === revision && !(current instanceof Away)) return current;
    return new StoredRecord(key, revision, createRevision, { text }, this.#codec);
  }
}

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const entryOf = <T>({ type, current, previous }: Change<T>): LogEntry => ({
  revision: current.revision,
  key: current.key,
  createRevision: current.createRevision,
  previousRevision: previous?.revision,
  deleted: type === 'delete',
  text: current.text,
});
