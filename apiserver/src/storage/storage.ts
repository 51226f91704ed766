/**
 * The storage contract: keys, values and one revision counter; it knows no kinds. Every write gets the next revision. A write is
 * acknowledged (its promise resolves) and becomes visible (to get, list and watch) only once it is durable. Modelled on what
 * etcd can promise, so that etcd can be an implementation. Contract suite: storage/testing/storage-contract.ts.
 *
 * Keys are paths without a leading slash, `RESOURCE/NAMESPACE/NAME`; a list or watch takes a prefix that ends in `/`, or
 * the empty one for everything.
 */
export interface Storage<T> extends AsyncDisposable {
  /** The revision of the last visible write. */
  readonly revision: number;
  /** Reads before this revision fail with StorageError `compacted`. */
  readonly compactedRevision: number;
  /** True where no write waits to become durable. */
  readonly idle: boolean;

  /** Fails with `exists` where the key is present. */
  create(key: string, value: T): Promise<Stored<T>>;
  /**
   * Replaces the value. `revise` gets the current record, pending writes of this turn included, and returns the new value, or
   * the same object for "nothing to change" (resolves with the current record; no revision is used). It is called synchronously,
   * exactly once, and may throw to give up: the promise then rejects with what it threw. Fails with `absent` where there is no such key.
   */
  update(key: string, revise: (current: Stored<T>) => T): Promise<Stored<T>>;
  /**
   * Removes a key; resolves with the removed value encoded at the revision of the removal, as watchers see it. `check` may
   * throw to give up, as in update.
   */
  delete(key: string, check?: (current: Stored<T>) => void): Promise<Stored<T>>;

  get(key: string): Stored<T> | undefined;
  /** Whether a key has a value, pending writes of this turn included: false where a create would go through. */
  isTaken(key: string): boolean;
  /** In key order. At the current revision, or exactly at `options.revision`: fails with `compacted` or `future`. */
  list(prefix: string, options?: ListRange): ListResult<T>;
  count(prefix: string): number;

  /**
   * Tells of every write under the prefix after `revision`, each once, in order, the past first. Calls `sink` never before it
   * has returned. Throws `compacted` where the past is gone, `future` where the revision has not happened yet.
   * A batch is all that one commit changed.
   */
  watch(prefix: string, revision: number, sink: (batch: readonly Change<T>[]) => void): Disposable;

  /** Forgets what was replaced or removed at or before `revision`; current values stay. Later reads of the past fail with `compacted`. */
  compact(revision: number): void;
}

/** Turns values into stored text and back. The text is what clients get to see, so an object is serialized once. */
export interface Codec<T> {
  /** A value with the revision written into it. The value given belongs to the storage from then on: nobody changes it. */
  encode(value: T, revision: number): Encoded<T>;
  decode(text: string): T;
  /** True of what is larger than may be stored: creating it, or making it of another value, is refused. */
  isTooLarge?(encoded: Encoded<T>): boolean;
  /** True of the key of a value that is hardly ever looked at: it is kept in the log alone, and read from there each time. */
  isSeldomRead?(key: string): boolean;
}

export interface Encoded<T> {
  readonly text: string;
  /** As `decode` would make it of the text. */
  readonly value: T;
}

/** One key's value at a revision. Shared and immutable. */
export interface Stored<T> {
  readonly key: string;
  readonly revision: number;
  /** The revision that created the key. */
  readonly createRevision: number;
  readonly text: string;
  /** The same object for everybody who looks, but for what is seldom read; decoded from the text when somebody first does. */
  readonly value: T;
}

export interface Change<T> {
  readonly type: 'create' | 'update' | 'delete';
  /** After the change; for a delete the last value, encoded with the revision of the delete. */
  readonly current: Stored<T>;
  /** Before the change; absent for a create. */
  readonly previous: Stored<T> | undefined;
}

export interface ListRange {
  /** Only keys greater than this one. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
  readonly revision?: number | undefined;
}

export interface ListResult<T> {
  readonly revision: number;
  readonly items: readonly Stored<T>[];
  /** How many keys follow the last item returned. */
  readonly remaining: number;
}
