import type { ApiObject } from '../api/object.ts';
import { invariant } from '../runtime/invariant.ts';
import type { Indexers, Store } from './informer.ts';

interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  /** Objects by value, then by key. Made at the first question, kept current from then on. */
  entries: Map<string, Map<string, T>> | undefined;
}

/** A cache with indexes that follow each change: a question costs what its answer holds, not what the cache holds. */
export class IndexedStore<T extends ApiObject> implements Store<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  #list: readonly T[] | undefined;

  constructor(indexers: Indexers<T> = {}) {
    this.addIndexers(indexers);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): readonly T[] {
    return (this.#list ??= [...this.#objects.values()]);
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    invariant(index !== undefined, `no index ${name} was declared`);
    index.entries ??= this.#build(index);
    const found = index.entries.get(value);
    return found === undefined ? [] : [...found.values()];
  }

  /** Declares indexes; the same name may be declared again with the same function only. */
  addIndexers(indexers: Indexers<T>): void {
    for (const [name, valuesOf] of Object.entries(indexers)) {
      const known = this.#indexes.get(name);
      invariant(known === undefined || known.valuesOf === valuesOf, `two different indexes are named ${name}`);
      if (known === undefined) this.#indexes.set(name, { valuesOf, entries: undefined });
    }
  }

  /** Adds or replaces an object; answers with the one that was there. */
  put(key: string, object: T): T | undefined {
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    this.#list = undefined;
    for (const index of this.#indexes.values()) reindex(index, key, previous, object);
    return previous;
  }

  /** Removes an object; answers with it. */
  remove(key: string): T | undefined {
    const previous = this.#objects.get(key);
    if (previous === undefined) return undefined;
    this.#objects.delete(key);
    this.#list = undefined;
    for (const index of this.#indexes.values()) reindex(index, key, previous, undefined);
    return previous;
  }

  #build(index: Index<T>): Map<string, Map<string, T>> {
    index.entries = new Map();
    for (const [key, object] of this.#objects) reindex(index, key, undefined, object);
    return index.entries;
  }
}

const FEW = 16;

function reindex<T>(index: Index<T>, key: string, previous: T | undefined, next: T | undefined): void {
  const { entries, valuesOf } = index;
  if (entries === undefined) return;
  const now = next === undefined ? [] : valuesOf(next);
  // A set only where it is worth one: an object may have tens of thousands of labels.
  const kept = now.length > FEW ? new Set(now) : undefined;
  for (const value of previous === undefined ? [] : valuesOf(previous)) {
    if (kept === undefined ? now.includes(value) : kept.has(value)) continue;
    const holders = entries.get(value);
    holders?.delete(key);
    if (holders?.size === 0) entries.delete(value);
  }
  for (const value of now) {
    let holders = entries.get(value);
    if (holders === undefined) entries.set(value, (holders = new Map()));
    holders.set(key, next!);
  }
}
