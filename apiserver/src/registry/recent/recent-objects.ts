import {
  apiVersionOf,
  expired,
  notFound,
  tooLargeResourceVersion,
  type ApiObject,
  type Runtime,
  type WatchEvent,
} from '@kubarium/shared';
import type {
  ListAnswer,
  ListQuery,
  ReadableResource,
  Rendered,
  RenderedEvent,
  Target,
  WatchQuery,
  WatchReceiver,
} from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { RequestContext } from '../strategy.ts';
import { render } from '../store/object-view.ts';
import { parseResourceVersion } from '../store/resource-version.ts';
import { Selection } from '../store/selection.ts';
import { WatchSession } from '../store/watch-session.ts';
import { RecentLane, type RecentEntry } from './recent-lane.ts';

/** A watcher that leaves this much unread is cut off: what it missed would have to be kept for it. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** How many objects may pass a watcher by before it is told of the version that all has come to. */
const BOOKMARK_EVERY = 100;

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export interface RecentObjectsOptions {
  readonly definition: ResourceDefinition;
  readonly runtime: Runtime;
  /** Told when the first watch opens and when the last one has ended. */
  readonly onWatched?: ((isWatched: boolean) => void) | undefined;
}

interface Watcher {
  readonly session: WatchSession;
  readonly receiver: WatchReceiver;
  readonly namespace: string | undefined;
  readonly selection: Selection;
  readonly wantsBookmarks: boolean;
  /** The last version that it was told of, or knows of since it opened. */
  knownVersion: number;
}

/**
 * Objects that a part of the process tells of and nobody stores: get, list and watch over the last ones of each lane. Bounded: what is
 * older than a lane is long falls out, without a DELETED event, and a watch from before that is answered with 410 Expired; so is a
 * watcher that does not read what it is sent. Resource versions are a count of their own, which begins anew with the process.
 */
export class RecentObjects implements ReadableResource {
  readonly definition: ResourceDefinition;
  readonly #runtime: Runtime;
  readonly #onWatched: (isWatched: boolean) => void;
  readonly #lanes = new Map<string, RecentLane>();
  readonly #watchers = new Set<Watcher>();
  #version = 0;
  #pending: (RenderedEvent & { readonly version: number })[] = [];

  constructor({ definition, runtime, onWatched = () => undefined }: RecentObjectsOptions) {
    this.definition = definition;
    this.#runtime = runtime;
    this.#onWatched = onWatched;
  }

  /**
   * Adds an object to a lane and tells the watchers. It gets its resourceVersion here and is not to be changed any more. One of the same
   * name is replaced.
   */
  add(lane: RecentLane, object: ApiObject): void {
    this.#lanes.set(lane.name, lane);
    const { namespace = '', name } = object.metadata;
    const key = `${namespace}/${name}`;
    let isKnown = false;
    for (const other of this.#lanes.values()) isKnown = other.remove(key) || isKnown;
    const version = ++this.#version;
    const rendered = render({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    lane.push(key, { version, ...rendered });
    if (this.#watchers.size === 0) return;
    this.#pending.push({ version, type: isKnown ? 'MODIFIED' : 'ADDED', ...rendered });
    if (this.#pending.length > 1) return;
    // All of a turn is one batch.
    this.#runtime.activity?.begin();
    setImmediate(() => this.#flush());
  }

  async get(_context: RequestContext, { namespace = '', name }: Target): Promise<Rendered> {
    for (const lane of this.#lanes.values()) {
      const found = lane.get(`${namespace}/${name}`);
      if (found !== undefined) return found;
    }
    throw notFound(this.definition, name);
  }

  /** Oldest first. All at once: a limit is not kept to. */
  async list(_context: RequestContext, query: ListQuery): Promise<ListAnswer> {
    const selection = new Selection(this.definition, query);
    const asked = parseResourceVersion(query.resourceVersion) ?? 0;
    if (asked > this.#version) throw tooLargeResourceVersion(asked, this.#version);
    if (query.resourceVersionMatch === 'Exact' && asked !== this.#version) throw this.#expired(asked);
    const items = this.#after(0).filter((entry) => selects(entry, query.namespace, selection));
    return { resourceVersion: String(this.#version), items };
  }

  watch(_context: RequestContext, query: WatchQuery, receiver: WatchReceiver): Disposable {
    const selection = new Selection(this.definition, query);
    const asked = parseResourceVersion(query.resourceVersion) ?? 0;
    const session = new WatchSession(receiver);
    const sendInitialEvents = query.sendInitialEvents ?? asked === 0;
    const from = sendInitialEvents ? 0 : asked === 0 ? this.#version : asked;
    const oldest = Math.max(0, ...[...this.#lanes.values()].map(({ dropped }) => dropped));
    // A version of an earlier process is as good as gone.
    if (from > this.#version || (from > 0 && from < oldest)) return session.fail(this.#expired(from));
    const { namespace } = query;
    const watcher: Watcher = {
      session,
      receiver,
      namespace,
      selection,
      wantsBookmarks: query.allowWatchBookmarks === true,
      knownVersion: this.#version,
    };
    const initial = this.#after(from)
      .filter((entry) => selects(entry, namespace, selection))
      .map(({ text, value }): RenderedEvent => ({ type: 'ADDED', text, value }));
    if (sendInitialEvents && query.allowWatchBookmarks === true)
      initial.push(this.#bookmark({ [INITIAL_EVENTS_END]: 'true' }));
    session.begin(initial);
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) this.#onWatched(true);
    session.own({
      [Symbol.dispose]: () => {
        if (this.#watchers.delete(watcher) && this.#watchers.size === 0) this.#onWatched(false);
      },
    });
    return session;
  }

  #flush(): void {
    const batch = this.#pending;
    this.#pending = [];
    for (const watcher of this.#watchers) {
      const { session, receiver, namespace, selection, wantsBookmarks, knownVersion } = watcher;
      if ((receiver.backlogBytes?.() ?? 0) > MAX_BACKLOG_BYTES) {
        const message = `too slow: more than ${MAX_BACKLOG_BYTES} bytes have not been read; what came since is left out`;
        session.fail(expired(message));
        continue;
      }
      const events: RenderedEvent[] = batch.filter(
        (event) => event.version > knownVersion && selects(event, namespace, selection),
      );
      // Who is told of little would come back with a version that has long fallen out.
      const isBehind = wantsBookmarks && this.#version - knownVersion >= BOOKMARK_EVERY;
      if (events.length === 0 && isBehind) events.push(this.#bookmark({}));
      if (events.length > 0) watcher.knownVersion = this.#version;
      session.send(events);
    }
    this.#runtime.activity?.end();
  }

  #after(version: number): readonly RecentEntry[] {
    const entries = [...this.#lanes.values()].flatMap((lane) => lane.entries());
    return entries.filter((entry) => entry.version > version).sort((a, b) => a.version - b.version);
  }

  #expired(asked: number): ReturnType<typeof expired> {
    return expired(`too old resource version: ${asked} (${this.#version})`);
  }

  #bookmark(annotations: Readonly<Record<string, string>>): RenderedEvent {
    const metadata = { resourceVersion: String(this.#version), annotations };
    const type: WatchEvent['type'] = 'BOOKMARK';
    const { kind } = this.definition;
    return { type, ...render({ kind, apiVersion: apiVersionOf(this.definition), metadata } as unknown as ApiObject) };
  }
}

const selects = ({ value }: Rendered, namespace: string | undefined, selection: Selection): boolean =>
  (namespace === undefined || namespace === '' || value.metadata.namespace === namespace) &&
  (selection.isEverything || selection.matches(value));
