import type { ApiObject } from '@kubarium/shared';
import { apiVersionOf, expired, tooLargeResourceVersion } from '@kubarium/shared';
import { isStorageError } from '../../storage/storage-error.ts';
import type { Change, Storage } from '../../storage/storage.ts';
import { BatchEvents } from './batch-events.ts';
import type { Bookmarks } from './bookmarks.ts';
import type { ObjectView } from './object-view.ts';
import { render } from './object-view.ts';
import type { RenderedEvent, WatchQuery, WatchReceiver } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { parseResourceVersion } from './resource-version.ts';
import { IndexedField, Selection } from './selection.ts';
import { storageFolder } from './storage-key.ts';
import { WatchSession } from './watch-session.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Watches of one resource. */
export class ObjectWatcher {
  readonly #definition: ResourceDefinition;
  readonly #storage: Storage<ApiObject>;
  readonly #view: ObjectView;
  readonly #bookmarks: Bookmarks;
  readonly #field: IndexedField | undefined;
  readonly #batches = new WeakMap<readonly Change<ApiObject>[], BatchEvents>();

  constructor(definition: ResourceDefinition, storage: Storage<ApiObject>, view: ObjectView, bookmarks: Bookmarks) {
    this.#definition = definition;
    this.#storage = storage;
    this.#view = view;
    this.#bookmarks = bookmarks;
    this.#field = IndexedField.of(definition);
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
    let events = this.#batches.get(batch);
    if (events === undefined) this.#batches.set(batch, (events = new BatchEvents(batch, this.#view, this.#field)));
    return events.of(selection);
  }
}
