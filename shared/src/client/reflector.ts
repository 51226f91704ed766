import type { ApiObject, WatchEvent } from '../api/object.ts';
import { apiVersionOf, type Resource } from '../api/resources.ts';
import { isExpired, StatusError } from '../apimachinery/status-error.ts';
import { sleep } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { keyOf } from '../apimachinery/object-key.ts';
import type { KubeClient } from './kube-client.ts';

/** Which objects of a resource are meant: all where nothing is said. */
export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** What a reflector tells: first the whole state, then each change; the whole state again after a gap that no watch can fill. */
export interface ReflectorSink<T extends ApiObject> {
  replaced(objects: ReadonlyMap<string, T>): void;
  changed(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

/** The bookmark that ends the initial events of a streaming list (KEP-3157). */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
const FIRST_BACKOFF_MS = 800;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Follows a resource by list and watch for as long as it lives:
 *
 *     no resourceVersion ──list (streamed by the watch itself, else LIST)──▶ watch from it ──end──▶ watch again from the last one seen
 *            ▲                                                              │
 *            └───────────────────────── 410 Expired ────────────────────────┘
 *
 * Errors are repeated with a delay that doubles from 0.8 s to 30 s (client-go's reflector), on the cluster's clock.
 */
export class Reflector<T extends ApiObject> {
  readonly #client: KubeClient;
  readonly #runtime: Runtime;
  readonly #resource: Resource<T>;
  readonly #selection: Selection;
  readonly #sink: ReflectorSink<T>;
  readonly #stop = new AbortController();
  #resourceVersion: string | undefined;
  #streams = true;
  #backoffMs = FIRST_BACKOFF_MS;

  constructor(
    client: KubeClient,
    runtime: Runtime,
    resource: Resource<T>,
    selection: Selection,
    sink: ReflectorSink<T>,
  ) {
    this.#client = client;
    this.#runtime = runtime;
    this.#resource = resource;
    this.#selection = selection;
    this.#sink = sink;
  }

  /** Runs until stopped. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined && !this.#streams) await this.#list();
        if (signal.aborted) return;
        await this.#watch();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  stop(): void {
    this.#stop.abort(new Error('stopped'));
  }

  async #recover(error: unknown): Promise<void> {
    if (!(error instanceof StatusError)) throw error;
    const facts = { resource: this.#resource.resource, error: error.message };
    if (isExpired(error) && this.#resourceVersion !== undefined) {
      this.#runtime.logger.debug(facts, 'the watch fell behind; listing again');
      this.#resourceVersion = undefined;
      return;
    }
    if (this.#streams && this.#resourceVersion === undefined && (error.code === 422 || error.code === 400)) {
      this.#runtime.logger.debug(facts, 'the server does not stream lists; listing instead');
      this.#streams = false;
      return;
    }
    this.#runtime.logger.warn(facts, 'cannot list or watch; trying again');
    await this.#backOff();
  }

  async #backOff(): Promise<void> {
    const delayMs = this.#backoffMs;
    this.#backoffMs = Math.min(delayMs * 2, LONGEST_BACKOFF_MS);
    await sleep(this.#runtime.clock, delayMs, this.#stop.signal).catch(() => {});
  }

  async #list(): Promise<void> {
    const objects = new Map<string, T>();
    let page: string | undefined;
    let resourceVersion: string | undefined;
    do {
      const list = await this.#client.list(this.#resource, { ...this.#selection, limit: 500, continue: page });
      for (const item of list.items) objects.set(keyOf(item), this.#typed(item));
      page = list.metadata.continue === '' ? undefined : list.metadata.continue;
      ({ resourceVersion } = list.metadata);
    } while (page !== undefined);
    // Only now: a list that broke off is no state to go on from.
    this.#resourceVersion = resourceVersion;
    if (!this.#stop.signal.aborted) this.#sink.replaced(objects);
  }

  /** Resolves when the server ends the watch in good order, rejects when it does not. */
  async #watch(): Promise<void> {
    const { signal } = this.#stop;
    const startedAt = this.#runtime.clock.now();
    let eventCount = 0;
    /** What a streaming list has brought so far; undefined when the list is complete. */
    let initial = this.#resourceVersion === undefined ? new Map<string, T>() : undefined;
    const event = ({ type, object }: WatchEvent<T>): void => {
      eventCount++;
      if (type === 'BOOKMARK') {
        if (initial === undefined) this.#resourceVersion = object.metadata.resourceVersion;
        else if (object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true') {
          this.#resourceVersion = object.metadata.resourceVersion;
          this.#backoffMs = FIRST_BACKOFF_MS;
          const objects = initial;
          initial = undefined;
          this.#sink.replaced(objects);
        }
      } else if (initial === undefined) {
        this.#resourceVersion = object.metadata.resourceVersion;
        this.#sink.changed(type, object);
      } else if (type === 'DELETED') initial.delete(keyOf(object));
      else initial.set(keyOf(object), object);
    };
    await new Promise<void>((resolve, reject) => {
      const streaming = this.#resourceVersion === undefined;
      const close = this.#client.watch(
        this.#resource,
        {
          ...this.#selection,
          allowWatchBookmarks: true,
          resourceVersion: this.#resourceVersion,
          ...(streaming ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' as const } : {}),
        },
        {
          event: (change) => void (signal.aborted || event(change)),
          end: (error) => {
            signal.removeEventListener('abort', abort);
            if (error === undefined) resolve();
            else reject(error);
          },
        },
      );
      const abort = (): void => {
        close();
        resolve();
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    // A server that closes every watch at once must not be asked in a tight circle.
    const lived = eventCount > 0 || this.#runtime.clock.now() - startedAt >= 1000;
    if (lived) this.#backoffMs = FIRST_BACKOFF_MS;
    else if (!signal.aborted) await this.#backOff();
  }

  /** List items come without their type from some servers (their list says it once); everyone downstream wants it. */
  #typed(object: T): T {
    if (object.kind !== undefined && object.kind !== '') return object;
    return { ...object, apiVersion: apiVersionOf(this.#resource), kind: this.#resource.kind };
  }
}
