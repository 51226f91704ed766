import type { ApiObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Indexers, Informer } from './informer.ts';
import type { KubeClient } from './kube-client.ts';
import type { Selection } from './reflector.ts';
import { SharedInformer } from './shared-informer.ts';

export interface InformerRequest<T extends ApiObject> extends Selection {
  readonly indexers?: Indexers<T> | undefined;
}

/** Objects by `metadata.namespace`; every informer of a factory has it. */
export const NAMESPACE_INDEX = 'namespace';
const byNamespace = (object: ApiObject): readonly string[] => [object.metadata.namespace ?? ''];

/**
 * Gives all components of a process one informer for each resource (and selection), so that each is watched and kept once.
 * Components ask for theirs when they are made and call `start` when they start.
 */
export class InformerFactory implements AsyncDisposable {
  readonly #client: KubeClient;
  readonly #runtime: Runtime;
  readonly #informers = new Map<string, SharedInformer<ApiObject>>();

  constructor(client: KubeClient, runtime: Runtime) {
    this.#client = client;
    this.#runtime = runtime;
  }

  /** The informer of a resource, with at least these indexes. It is started by the next `start`. */
  informer<T extends ApiObject>(resource: Resource<T>, request: InformerRequest<T> = {}): Informer<T> {
    const { indexers = {}, ...selection } = request;
    const key = JSON.stringify([
      resource.group,
      resource.version,
      resource.resource,
      selection.namespace,
      selection.labelSelector,
      selection.fieldSelector,
    ]);
    let informer = this.#informers.get(key) as SharedInformer<T> | undefined;
    if (informer === undefined) {
      informer = new SharedInformer({ client: this.#client, runtime: this.#runtime, resource, selection });
      informer.addIndexers({ [NAMESPACE_INDEX]: byNamespace });
      this.#informers.set(key, informer as unknown as SharedInformer<ApiObject>);
    }
    informer.addIndexers(indexers);
    return informer;
  }

  /** Starts what is not yet started; resolves once every informer is synced. May be called by each component. */
  async start(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer[Symbol.asyncDispose]()));
  }
}
