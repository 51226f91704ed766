import type { ApiObject } from '../api/object.ts';
import type { Component } from '../runtime/component.ts';

/** A read-only view of an informer's cache. Keys are `namespace/name`, or `name` for cluster-scoped objects. */
export interface Store<T extends ApiObject> {
  get(key: string): T | undefined;
  /** In order of first appearance. */
  list(): readonly T[];
  /** The objects that an index (declared when the informer was made) holds under a value; cost grows with the answer only. */
  byIndex(index: string, value: string): readonly T[];
  readonly size: number;
}

/** Told of each change after the cache has it, in order. `deleted` gets the last known state. Must not throw or block. */
export interface InformerHandler<T extends ApiObject> {
  added?(object: T): void;
  updated?(object: T, previous: T): void;
  deleted?(object: T): void;
}

/** Index functions by name: the values under which an object is to be found. */
export type Indexers<T extends ApiObject> = Readonly<Record<string, (object: T) => readonly string[]>>;

/**
 * Keeps a cache of a resource current by list and watch, and tells handlers of every change: each object that exists when
 * the informer is synced has been `added`; nothing is told twice; after a broken watch the differences are told.
 */
export interface Informer<T extends ApiObject> extends Component {
  readonly store: Store<T>;
  readonly synced: boolean;
  /** Adds a handler; it is at once told of what is in the cache. */
  onChange(handler: InformerHandler<T>): void;
}
