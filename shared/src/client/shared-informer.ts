import type { ApiObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { IndexedStore } from './indexed-store.ts';
import type { Indexers, Informer, InformerHandler, Store } from './informer.ts';
import type { KubeClient } from './kube-client.ts';
import { keyOf } from '../apimachinery/object-key.ts';
import { Reflector, type Selection } from './reflector.ts';

export interface SharedInformerOptions<T extends ApiObject> {
  readonly client: KubeClient;
  readonly runtime: Runtime;
  readonly resource: Resource<T>;
  readonly selection?: Selection | undefined;
}

/** Informer over a KubeClient. Handlers are called synchronously, one change at a time, in the order of their adding. */
export class SharedInformer<T extends ApiObject> implements Informer<T> {
  readonly name: string;
  readonly #runtime: Runtime;
  readonly #cache = new IndexedStore<T>();
  readonly #reflector: Reflector<T>;
  readonly #firstSync = Promise.withResolvers<void>();
  #handlers: readonly InformerHandler<T>[] = [];
  #running: Promise<void> | undefined;
  #synced = false;

  constructor({ client, runtime, resource, selection = {} }: SharedInformerOptions<T>) {
    this.name = `informer/${resource.resource}`;
    this.#runtime = runtime;
    this.#reflector = new Reflector(client, runtime, resource, selection, {
      replaced: (objects) => this.#replace(objects),
      changed: (type, object) => this.#apply(type, object),
    });
    // Whoever never starts it must not see an unhandled rejection when it is disposed.
    this.#firstSync.promise.catch(() => {});
  }

  get store(): Store<T> {
    return this.#cache;
  }

  get synced(): boolean {
    return this.#synced;
  }

  /** Resolves once the cache is filled; rejects when the informer is disposed before. May be called again. */
  start(): Promise<void> {
    this.#running ??= this.#reflector.run().catch((error: unknown) => {
      this.#runtime.logger.error({ informer: this.name, err: error }, 'invariant: an informer broke down');
      this.#firstSync.reject(error);
    });
    return this.#firstSync.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reflector.stop();
    this.#firstSync.reject(new Error(`${this.name} was stopped before it had synced`));
    await this.#running;
  }

  /** Declares more indexes; see IndexedStore. */
  addIndexers(indexers: Indexers<T>): void {
    this.#cache.addIndexers(indexers);
  }

  onChange(handler: InformerHandler<T>): void {
    this.#handlers = [...this.#handlers, handler];
    for (const object of this.#cache.list()) this.#tell([handler], (one) => one.added?.(object));
  }

  #replace(objects: ReadonlyMap<string, T>): void {
    for (const key of this.#cache.keys()) if (!objects.has(key)) this.#remove(key);
    for (const [key, object] of objects) this.#put(key, object);
    this.#synced = true;
    this.#firstSync.resolve();
  }

  #apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const key = keyOf(object);
    if (type === 'DELETED') this.#remove(key, object);
    else this.#put(key, object);
  }

  #put(key: string, object: T): void {
    const known = this.#cache.get(key);
    if (known?.metadata.uid !== undefined && known.metadata.uid !== object.metadata.uid) {
      // Deleted and created anew within a gap: two objects, so two changes.
      this.#remove(key);
    } else if (known?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    const previous = this.#cache.put(key, object);
    this.#tell(this.#handlers, (one) =>
      previous === undefined ? one.added?.(object) : one.updated?.(object, previous),
    );
  }

  #remove(key: string, last?: T): void {
    const previous = this.#cache.remove(key);
    if (previous !== undefined) this.#tell(this.#handlers, (one) => one.deleted?.(last ?? previous));
  }

  /** One handler's bug must not starve the others; it is told loudly, since tests fail on it. */
  #tell(handlers: readonly InformerHandler<T>[], tell: (handler: InformerHandler<T>) => void): void {
    for (const handler of handlers) {
      try {
        tell(handler);
      } catch (error) {
        this.#runtime.logger.error({ informer: this.name, err: error }, 'invariant: an informer handler threw');
      }
    }
  }
}
