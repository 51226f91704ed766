import type { ApiObject } from '@kubarium/shared';
import type { Change, Storage } from '../../storage/storage.ts';

/** What a watcher is told of, as far as it is compared. */
export interface ToldEvent {
  readonly type: string;
  readonly name: string;
  readonly revision: number;
  /** Everything in the object but its revision. */
  readonly content: string;
}

/** True where an object is selected: what a selector of the API means, said once more and by itself. */
export type IsSelected = (name: string, labels: Readonly<Record<string, string>>) => boolean;

interface Entry {
  readonly revision: number;
  readonly before: ApiObject | undefined;
  readonly after: ApiObject | undefined;
}

/** The history of one namespace of a resource, written down commit by commit, and what watchers and lists must make of it. */
export class WatchReference implements Disposable {
  readonly #entries: Entry[] = [];
  readonly #watch: Disposable;
  readonly start: number;

  constructor(storage: Storage<ApiObject>, prefix: string) {
    this.start = storage.revision;
    this.#watch = storage.watch(prefix, this.start, (batch) => {
      for (const change of batch) this.#entries.push(entryOf(change));
    });
  }

  /** The first event after a revision. */
  next(isSelected: IsSelected, after: number): ToldEvent | undefined {
    for (let index = this.#firstAfter(after); index < this.#entries.length; index++) {
      const { revision, before, after: now } = this.#entries[index]!;
      const [was, is] = [selected(before, isSelected), selected(now, isSelected)];
      const type = is ? (was ? 'MODIFIED' : 'ADDED') : was ? 'DELETED' : undefined;
      if (type !== undefined) return toldEvent(type, (is ? now : before)!, revision);
    }
    return undefined;
  }

  /** What there was at a revision, in the order of a list. */
  state(isSelected: IsSelected, at: number): ToldEvent[] {
    const objects = new Map<string, ApiObject>();
    for (const { revision, before, after } of this.#entries) {
      if (revision > at) break;
      if (after === undefined) objects.delete(before!.metadata.name);
      else objects.set(after.metadata.name, after);
    }
    return [...objects.values()]
      .filter((object) => selected(object, isSelected))
      .map((object) => toldEvent('ADDED', object))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #firstAfter(revision: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }
}

const entryOf = ({ type, current, previous }: Change<ApiObject>): Entry => ({
  revision: current.revision,
  before: previous?.value,
  after: type === 'delete' ? undefined : current.value,
});

const selected = (object: ApiObject | undefined, isSelected: IsSelected): boolean =>
  object !== undefined && isSelected(object.metadata.name, object.metadata.labels ?? {});

/** An event as it is compared; the revision is the object's own, where none is given. */
export function toldEvent(type: string, object: ApiObject, revision?: number): ToldEvent {
  const { resourceVersion, name, uid, labels, annotations } = object.metadata;
  return {
    type,
    name,
    revision: revision ?? Number(resourceVersion),
    content: JSON.stringify([uid, labels, annotations]),
  };
}
