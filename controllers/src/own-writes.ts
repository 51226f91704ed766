import { type ApiObject, type Clock, type Informer, isNotFound, keyOf } from '@kubarium/shared';

interface Own<T> {
  readonly group: string;
  readonly uid: string;
  readonly revision: number;
  /** Undefined where the write was a deletion that took effect at once. */
  readonly object: T | undefined;
  readonly atMs: number;
}

/** When a write that never shows in the cache (made and undone within a gap of the watch) is no longer believed. */
const BELIEVED_MS = 300_000;

/**
 * Lets a controller read its own writes: what it created, changed or deleted is laid over the informer's cache until the cache shows
 * it. So a controller that runs again before its watch has caught up neither creates twice nor deletes twice (what client-go's
 * controllers use expectations for). Revisions are compared as numbers, which Kubernetes promises since 1.35 (KEP-5504).
 */
export class OwnWrites<T extends ApiObject> {
  readonly #informer: Informer<T>;
  readonly #clock: Clock;
  readonly #groupOf: (object: T) => string;
  readonly #groups = new Map<string, Map<string, Own<T>>>();
  readonly #byKey = new Map<string, Own<T>>();
  readonly #lastWritten = new Map<string, string>();
  /** Objects seen to go while a write was on its way: its answer may be about one of them. */
  readonly #goneMeanwhile = new Set<string>();
  #inFlight = 0;

  /** `groupOf` tells what the controller will ask for together: an owner's uid, a Service's key. */
  constructor(informer: Informer<T>, clock: Clock, groupOf: (object: T) => string = keyOf) {
    this.#informer = informer;
    this.#clock = clock;
    this.#groupOf = groupOf;
    informer.onChange({
      added: (object) => this.#seen(object),
      updated: (object) => this.#seen(object),
      deleted: (object) => {
        this.#forget(keyOf(object));
        this.#lastWritten.delete(keyOf(object));
        if (this.#inFlight > 0) this.#goneMeanwhile.add(object.metadata.uid);
      },
    });
  }

  /** The group's objects as they are with this controller's own writes. */
  merge(group: string, cached: readonly T[]): readonly T[] {
    const own = this.#groups.get(group);
    if (own === undefined) return cached;
    const merged = new Map(cached.map((object) => [keyOf(object), object]));
    for (const [key, { uid, object, atMs }] of own) {
      if (this.#clock.now() - atMs > BELIEVED_MS) this.#forget(key);
      else if (object !== undefined) merged.set(key, object);
      else if (merged.get(key)?.metadata.uid === uid) merged.delete(key);
    }
    return [...merged.values()];
  }

  /** The newest known state of one object: the cache's or this controller's own. */
  latest(key: string): T | undefined {
    const own = this.#byKey.get(key);
    return own === undefined ? this.#informer.store.get(key) : own.object;
  }

  /** True where this state was written here: nothing new for its writer. */
  isEcho(object: T): boolean {
    return this.#lastWritten.get(keyOf(object)) === object.metadata.resourceVersion;
  }

  /** Remembers what a create, update or patch of this controller answers. */
  async write(answer: Promise<T>): Promise<T> {
    return await this.#tracked(async () => {
      const object = await answer;
      this.#lastWritten.set(keyOf(object), object.metadata.resourceVersion);
      this.#remember(object, object);
      return object;
    });
  }

  /** Remembers a deletion; an object that was gone already counts as deleted. */
  async delete(object: T, answer: Promise<ApiObject>): Promise<void> {
    await this.#tracked(async () => {
      let dying: ApiObject | undefined;
      try {
        dying = await answer;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      const lives = dying?.metadata.uid === object.metadata.uid && dying.metadata.deletionTimestamp !== undefined;
      this.#remember(object, lives ? (dying as T) : undefined);
    });
  }

  async #tracked<R>(write: () => Promise<R>): Promise<R> {
    this.#inFlight++;
    try {
      return await write();
    } finally {
      if (--this.#inFlight === 0) this.#goneMeanwhile.clear();
    }
  }

  #remember(base: T, object: T | undefined): void {
    const key = keyOf(base);
    const revision = Number((object ?? base).metadata.resourceVersion);
    const cached = this.#informer.store.get(key);
    const isShown =
      cached === undefined
        ? object === undefined || this.#goneMeanwhile.has(base.metadata.uid)
        : object !== undefined && Number(cached.metadata.resourceVersion) >= revision;
    this.#forget(key);
    if (isShown) return;
    const own: Own<T> = {
      group: this.#groupOf(base),
      uid: base.metadata.uid,
      revision,
      object,
      atMs: this.#clock.now(),
    };
    this.#byKey.set(key, own);
    let group = this.#groups.get(own.group);
    if (group === undefined) this.#groups.set(own.group, (group = new Map()));
    group.set(key, own);
  }

  #seen(object: T): void {
    const key = keyOf(object);
    const own = this.#byKey.get(key);
    if (own === undefined) return;
    const isNewer = Number(object.metadata.resourceVersion) >= own.revision;
    if (own.uid !== object.metadata.uid || (isNewer && own.object !== undefined)) this.#forget(key);
  }

  #forget(key: string): void {
    const own = this.#byKey.get(key);
    if (own === undefined) return;
    this.#byKey.delete(key);
    const group = this.#groups.get(own.group);
    group?.delete(key);
    if (group?.size === 0) this.#groups.delete(own.group);
  }
}
