import type { ApiObject, WatchEvent } from '@kubarium/shared';
import { apiVersionOf, expired, tooLargeResourceVersion } from '@kubarium/shared';
import { isStorageError } from '../../storage/storage-error.ts';
import type { Change, Storage } from '../../storage/storage.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { ObjectView } from './object-view.ts';
import { render } from './object-view.ts';
import type { RenderedEvent, WatchQuery, WatchReceiver } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { parseResourceVersion } from './resource-version.ts';
import { Selection } from './selection.ts';
import { storageFolder } from './storage-key.ts';
import { WatchSession } from './watch-session.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Watches of one resource. What one change looks like is worked out once for all of them. */
export class ObjectWatcher {
  readonly #definition: ResourceDefinition;
  readonly #storage: Storage<ApiObject>;
  readonly #view: ObjectView;
  readonly #bookmarks: Bookmarks;
  /** By change: the event of those who select everything. */
  readonly #events = new WeakMap<Change<ApiObject>, RenderedEvent>();
  /** By change: how an object last looked that has left a selection. */
  readonly #departures = new WeakMap<Change<ApiObject>, RenderedEvent>();
  /** By batch, then by selection: what those who select alike are told. */
  readonly #batches = new WeakMap<readonly Change<ApiObject>[], Map<string, readonly RenderedEvent[]>>();

  constructor(definition: ResourceDefinition, storage: Storage<ApiObject>, view: ObjectView, bookmarks: Bookmarks) {
    this.#definition = definition;
    this.#storage = storage;
    this.#view = view;
    this.#bookmarks = bookmarks;
  }

  watch(query: WatchQuery, receiver: WatchReceiver): Disposable {
    const selection = new Selection(this.#definition, query);
    const asked = parseResourceVersion(query.resourceVersion) ?? 0;
    const current = this.#storage.revision;
    const sendInitialEvents = query.sendInitialEvents ?? asked === 0;
    const session = new WatchSession(receiver);
    if (sendInitialEvents) {
      if (asked > current) return session.fail(tooLargeResourceVersion(asked, current));
      session.begin(this.#initialEvents(query, selection));
    }
    const from = sendInitialEvents || asked === 0 ? current : asked;
    try {
      session.own(
        this.#storage.watch(storageFolder(this.#definition, query.namespace), Math.min(from, current), (batch) =>
          // One who asks for the future hears nothing before it.
          session.send(
            this.#eventsOf(
              from > current ? batch.filter((change) => change.current.revision > from) : batch,
              selection,
            ),
          ),
        ),
      );
    } catch (error) {
      if (!isStorageError(error, 'compacted')) throw error;
      return session.fail(expired(`too old resource version: ${asked} (${this.#storage.compactedRevision})`));
    }
    if (query.allowWatchBookmarks === true) {
      session.own(this.#bookmarks.add(() => session.send([this.#bookmark(false)])));
    }
    return session;
  }

  #initialEvents(query: WatchQuery, selection: Selection): RenderedEvent[] {
    const events: RenderedEvent[] = [];
    for (const stored of this.#storage.list(storageFolder(this.#definition, query.namespace)).items) {
      const { text, value } = this.#view.show(stored);
      if (selection.isEverything || selection.matches(value)) events.push({ type: 'ADDED', text, value });
    }
    if (query.allowWatchBookmarks === true) events.push(this.#bookmark(true));
    return events;
  }

  #bookmark(isEndOfInitialEvents: boolean): RenderedEvent {
    const { kind } = this.#definition;
    const metadata = {
      resourceVersion: String(this.#storage.revision),
      ...(isEndOfInitialEvents ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {}),
    };
    const value = { kind, apiVersion: apiVersionOf(this.#definition), metadata } as unknown as ApiObject;
    return { type: 'BOOKMARK', ...render(value) };
  }

  #eventsOf(batch: readonly Change<ApiObject>[], selection: Selection): readonly RenderedEvent[] {
    let bySelection = this.#batches.get(batch);
    if (bySelection === undefined)
      this.#batches.set(batch, (bySelection = new Map<string, readonly RenderedEvent[]>()));
    let events = bySelection.get(selection.key);
    if (events === undefined) {
      events = selection.isEverything
        ? batch.map((change) => this.#event(change))
        : batch.flatMap((change) => this.#selectedEvent(change, selection) ?? []);
      bySelection.set(selection.key, events);
    }
    return events;
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

  #event(change: Change<ApiObject>): RenderedEvent {
    let event = this.#events.get(change);
    if (event === undefined) {
      event = new StoredEvent(TYPES[change.type], this.#view.show(change.current));
      this.#events.set(change, event);
    }
    return event;
  }

  #departure(change: Change<ApiObject>): RenderedEvent {
    let event = this.#departures.get(change);
    if (event === undefined) {
      const last = this.#view.show(change.previous!).value;
      const metadata = { ...last.metadata, resourceVersion: String(change.current.revision) };
      event = { type: 'DELETED', ...render({ ...last, metadata }) };
      this.#departures.set(change, event);
    }
    return event;
  }
}

const TYPES = { create: 'ADDED', update: 'MODIFIED', delete: 'DELETED' } as const;

/** An event whose value is decoded only where somebody looks. */
class StoredEvent implements RenderedEvent {
  readonly type: WatchEvent['type'];
  readonly text: string;
  readonly #rendered: { readonly value: ApiObject };

  constructor(type: WatchEvent['type'], rendered: { readonly text: string; readonly value: ApiObject }) {
    this.type = type;
    this.text = rendered.text;
    this.#rendered = rendered;
  }

  get value(): ApiObject {
    return this.#rendered.value;
  }
}
