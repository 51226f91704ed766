import type { ApiObject, WatchEvent } from '@kubarium/shared';
import type { Change } from '../../storage/storage.ts';
import type { Rendered, RenderedEvent } from '../registry.ts';
import { render, type ObjectView } from './object-view.ts';
import type { IndexedField, Selection } from './selection.ts';

/**
 * The changes of one commit, as the watches of one resource are told of them. What those see who select alike is worked out once; and
 * those who ask for one value of the indexed field (a node's pods) cost what has changed of theirs, not of everybody's.
 */
export class BatchEvents {
  readonly #changes: readonly Change<ApiObject>[];
  readonly #view: ObjectView;
  readonly #field: IndexedField | undefined;
  readonly #bySelection = new Map<string, readonly RenderedEvent[]>();
  #byValue: Map<string, Change<ApiObject>[]> | undefined;

  constructor(changes: readonly Change<ApiObject>[], view: ObjectView, field: IndexedField | undefined) {
    this.#changes = changes;
    this.#view = view;
    this.#field = field;
  }

  /** In the order of the changes. */
  of(selection: Selection): readonly RenderedEvent[] {
    let events = this.#bySelection.get(selection.key);
    if (events === undefined) {
      events = selection.isEverything
        ? this.#changes.map((change) => this.#event(change))
        : this.#candidates(selection).flatMap((change) => this.#selectedEvent(change, selection) ?? []);
      this.#bySelection.set(selection.key, events);
    }
    return events;
  }

  /** The changes among which those are that the selection sees. */
  #candidates(selection: Selection): readonly Change<ApiObject>[] {
    const value = this.#field?.requiredBy(selection);
    if (value === undefined) return this.#changes;
    this.#byValue ??= this.#grouped(this.#field!);
    return this.#byValue.get(value) ?? [];
  }

  /** By what the indexed field was and is. */
  #grouped(field: IndexedField): Map<string, Change<ApiObject>[]> {
    const groups = new Map<string, Change<ApiObject>[]>();
    for (const change of this.#changes) {
      const { current, previous } = change;
      const is = field.valueOf(this.#view.show(current).value);
      const was = previous === undefined ? is : field.valueOf(this.#view.show(previous).value);
      for (const value of was === is ? [is] : [was, is]) {
        const group = groups.get(value);
        if (group === undefined) groups.set(value, [change]);
        else group.push(change);
      }
    }
    return groups;
  }

  /** Entering the selection is an ADDED, leaving it a DELETED, as if the rest of the world did not exist. */
  #selectedEvent(change: Change<ApiObject>, selection: Selection): RenderedEvent | undefined {
    const { current, previous, type } = change;
    const was = previous !== undefined && selection.matches(this.#view.show(previous).value);
    const is = type !== 'delete' && selection.matches(this.#view.show(current).value);
    if (was && is) return this.#event(change);
    if (is) return type === 'create' ? this.#event(change) : new StoredEvent('ADDED', this.#view.show(current));
    if (was) return type === 'delete' ? this.#event(change) : this.#departure(change);
    return undefined;
  }

  #event({ type, current }: Change<ApiObject>): RenderedEvent {
    return new StoredEvent(TYPES[type], this.#view.show(current));
  }

  /** How an object last looked that has left a selection. */
  #departure({ current, previous }: Change<ApiObject>): RenderedEvent {
    const last = this.#view.show(previous!).value;
    const metadata = { ...last.metadata, resourceVersion: String(current.revision) };
    return { type: 'DELETED', ...render({ ...last, metadata }) };
  }
}

const TYPES = { create: 'ADDED', update: 'MODIFIED', delete: 'DELETED' } as const;

/** An event whose value is decoded only where somebody looks. */
class StoredEvent implements RenderedEvent {
  readonly type: WatchEvent['type'];
  readonly text: string;
  readonly #rendered: Rendered;

  constructor(type: WatchEvent['type'], rendered: Rendered) {
    this.type = type;
    this.text = rendered.text;
    this.#rendered = rendered;
  }

  get value(): ApiObject {
    return this.#rendered.value;
  }
}
