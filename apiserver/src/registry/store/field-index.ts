import type { ApiObject } from '@kubarium/shared';
import type { Change, Storage, Stored } from '../../storage/storage.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { ObjectView } from './object-view.ts';
import type { IndexedField, Selection } from './selection.ts';
import { storageFolder } from './storage-key.ts';

/**
 * The objects of a resource by the value of one field that selectors can ask for (`Strategy.indexedField`): so that a list of a node's pods
 * costs what the node has, not what the cluster has. Follows the storage from the first time that it is asked.
 */
export class FieldIndex {
  readonly #field: IndexedField;
  readonly #definition: ResourceDefinition;
  readonly #storage: Storage<ApiObject>;
  readonly #view: ObjectView;
  #keys: Map<string, Set<string>> | undefined;

  constructor(field: IndexedField, definition: ResourceDefinition, storage: Storage<ApiObject>, view: ObjectView) {
    this.#field = field;
    this.#definition = definition;
    this.#storage = storage;
    this.#view = view;
  }

  /** The keys, in order, of all objects in a folder that can be selected; undefined where the selection does not ask for one value. */
  keys(folder: string, selection: Selection): string[] | undefined {
    const value = this.#field.requiredBy(selection);
    if (value === undefined) return undefined;
    this.#keys ??= this.#follow();
    const keys = [...(this.#keys.get(value) ?? [])];
    return keys.filter((key) => key.startsWith(folder)).toSorted();
  }

  #follow(): Map<string, Set<string>> {
    const index = new Map<string, Set<string>>();
    const folder = storageFolder(this.#definition, undefined);
    for (const stored of this.#storage.list(folder).items) add(index, this.#valueOf(stored), stored.key);
    // For as long as the storage is there: readers end with it.
    this.#storage.watch(folder, this.#storage.revision, (batch) => {
      for (const change of batch) this.#apply(index, change);
    });
    return index;
  }

  #apply(index: Map<string, Set<string>>, { type, current, previous }: Change<ApiObject>): void {
    const before = previous === undefined ? undefined : this.#valueOf(previous);
    const after = type === 'delete' ? undefined : this.#valueOf(current);
    if (before === after) return;
    if (before !== undefined) {
      const keys = index.get(before);
      keys?.delete(current.key);
      if (keys?.size === 0) index.delete(before);
    }
    if (after !== undefined) add(index, after, current.key);
  }

  #valueOf(stored: Stored<ApiObject>): string {
    return this.#field.valueOf(this.#view.show(stored).value);
  }
}

function add(index: Map<string, Set<string>>, value: string, key: string): void {
  const keys = index.get(value);
  if (keys === undefined) index.set(value, new Set([key]));
  else keys.add(key);
}
