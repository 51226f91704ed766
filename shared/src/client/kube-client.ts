import type { DeleteOptions } from '../api/meta-v1.ts';
import type { ApiList, ApiObject, Draft, ObjectName, WatchEvent } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { StatusError } from '../apimachinery/status-error.ts';
import type { ApiRequest, PatchType, Transport } from './transport.ts';

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly sendInitialEvents?: boolean | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface WriteOptions {
  readonly subresource?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly fieldManager?: string | undefined;
  readonly force?: boolean | undefined;
  /** What becomes of fields that the kind has not: refused with all that is wrong (`Strict`), or left out. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

/**
 * The typed client that every component is written against, over either transport. Objects that it returns are shared and
 * never to be changed in place: copy (`structuredClone`, spread) what is to be written. Rejects with StatusError.
 */
export class KubeClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get<T extends ApiObject>(resource: Resource<T>, target: ObjectName, subresource?: string): Promise<T> {
    return this.#send({ verb: 'get', resource, ...target, subresource });
  }

  list<T extends ApiObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ApiList<T>> {
    const { namespace, ...query } = options;
    return this.#send({ verb: 'list', resource, namespace, query: wire(query) });
  }

  /** Creates an object, or (`subresource` with the name of the object it belongs to in `draft.metadata`) a subresource of one. */
  create<T extends ApiObject, R extends ApiObject = T>(
    resource: Resource<T>,
    draft: Draft<R>,
    options: WriteOptions = {},
  ): Promise<R> {
    const { namespace, name } = draft.metadata;
    return this.#send({
      verb: 'create',
      resource,
      namespace,
      name: options.subresource === undefined ? undefined : name,
      body: draft,
      ...write(options),
    });
  }

  /** Replaces an object. A `resourceVersion` in it must be the current one (409 Conflict); without one the write is unconditional. */
  update<T extends ApiObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<T> {
    const { namespace, name } = object.metadata;
    return this.#send({ verb: 'update', resource, namespace, name, body: object, ...write(options) });
  }

  patch<T extends ApiObject>(
    resource: Resource<T>,
    target: ObjectName,
    patchType: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#send({ verb: 'patch', resource, ...target, patchType, body: patch, ...write(options) });
  }

  delete<T extends ApiObject>(
    resource: Resource<T>,
    target: ObjectName,
    options: DeleteOptions = {},
  ): Promise<ApiObject> {
    return this.#send({ verb: 'delete', resource, ...target, body: options });
  }

  deleteCollection<T extends ApiObject>(
    resource: Resource<T>,
    list: ListOptions = {},
    options: DeleteOptions = {},
  ): Promise<ApiObject> {
    const { namespace, ...query } = list;
    return this.#send({ verb: 'deletecollection', resource, namespace, query: wire(query), body: options });
  }

  /** Opens a watch; the returned function ends it. See WatchSink for the order of calls. */
  watch<T extends ApiObject>(
    resource: Resource<T>,
    options: WatchOptions,
    sink: { event(event: WatchEvent<T>): void; end(error?: StatusError): void },
  ): () => void {
    const { namespace, ...query } = options;
    return this.#transport.watch(
      { resource, namespace, query: wire(query) },
      sink as Parameters<Transport['watch']>[1],
    );
  }

  #send<R>(request: ApiRequest): Promise<R> {
    return this.#transport.request(request) as Promise<R>;
  }
}

function write(options: WriteOptions): Pick<ApiRequest, 'subresource' | 'query'> {
  return {
    subresource: options.subresource,
    query: wire({
      dryRun: options.dryRun === true ? 'All' : undefined,
      fieldManager: options.fieldManager,
      force: options.force,
      fieldValidation: options.fieldValidation,
    }),
  };
}

const wire = (options: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
