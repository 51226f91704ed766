import {
  alreadyExists,
  type ApiObject,
  type ApiRequest,
  type Node,
  notFound,
  type Pod,
  type Runtime,
  timestamp,
  type Transport,
  type WatchRequest,
  type WatchSink,
} from '@kubarium/shared';

interface Watch {
  readonly request: WatchRequest;
  readonly sink: WatchSink;
}

type Json = Record<string, unknown>;

/** As much of an API server as a kubelet speaks to: objects in memory, watches, graceful deletion, merges of statuses. */
export class TestApi implements Transport {
  readonly requests: ApiRequest[] = [];
  /** Called for TokenRequests; may throw a StatusError. */
  token: () => string = () => 'a-token';
  readonly #runtime: Runtime;
  readonly #objects = new Map<string, ApiObject>();
  readonly #watches = new Set<Watch>();
  #revision = 1;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  async request(request: ApiRequest): Promise<ApiObject> {
    // An answer never comes before the call has returned, and the caller's object stays its own.
    const copy = structuredClone(request);
    this.requests.push(copy);
    await Promise.resolve();
    return this.#answer(copy);
  }

  watch(request: WatchRequest, sink: WatchSink): () => void {
    const watch = { request, sink };
    this.#watches.add(watch);
    if (request.query?.['sendInitialEvents'] === 'true') {
      const { resource, kind = '' } = request.resource as { resource: string; kind?: string };
      const found = this.all(resource).filter((object) => isSelected(object, request.query?.['fieldSelector']));
      const metadata = {
        ...({} as ApiObject['metadata']),
        resourceVersion: String(this.#revision),
        annotations: { 'k8s.io/initial-events-end': 'true' },
      };
      queueMicrotask(() => {
        for (const object of found) sink.event({ type: 'ADDED', object });
        sink.event({ type: 'BOOKMARK', object: { kind, apiVersion: 'v1', metadata } });
      });
    }
    return () => void this.#watches.delete(watch);
  }

  /** Creates or replaces an object, as somebody else would. */
  put<T extends ApiObject>(resource: string, object: T): T {
    const key = `${resource}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    const isNew = !this.#objects.has(key);
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    this.#objects.set(key, stored);
    this.#tell(resource, isNew ? 'ADDED' : 'MODIFIED', stored);
    return stored;
  }

  remove(resource: string, namespace: string, name: string): void {
    const key = `${resource}/${namespace}/${name}`;
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#tell(resource, 'DELETED', {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++this.#revision) },
    });
  }

  pod(name: string, namespace = 'default'): Pod | undefined {
    return this.#objects.get(`pods/${namespace}/${name}`) as Pod | undefined;
  }

  node(name: string): Node | undefined {
    return this.#objects.get(`nodes//${name}`) as Node | undefined;
  }

  all<T extends ApiObject>(resource: string): T[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${resource}/`)).map(([, object]) => object as T);
  }

  /** Marks a pod for deletion, as `kubectl delete` does. */
  deletePod(name: string, graceSeconds = 30, namespace = 'default'): void {
    const pod = this.pod(name, namespace)!;
    const deletionTimestamp = timestamp(this.#runtime.clock.now() + graceSeconds * 1000);
    this.put('pods', {
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds },
    });
  }

  #answer({
    verb,
    resource: { resource, kind, group, version },
    namespace = '',
    name = '',
    subresource,
    body,
  }: ApiRequest & { resource: { kind?: string } }): ApiObject {
    const key = `${resource}/${namespace}/${name}`;
    const found = this.#objects.get(key);
    const of = { group, resource };
    if (verb === 'create') {
      if (subresource === 'token') return this.#tokenRequest(body as Json);
      const draft = body as ApiObject;
      const created = `${resource}/${draft.metadata.namespace ?? ''}/${draft.metadata.name}`;
      if (this.#objects.has(created)) throw alreadyExists(of, draft.metadata.name);
      return this.put(resource, {
        ...draft,
        kind: kind ?? '',
        apiVersion: version,
        metadata: { ...draft.metadata, uid: `uid-${created}` },
      });
    }
    if (found === undefined) throw notFound(of, name);
    if (verb === 'get') return found;
    if (verb === 'update') return this.put(resource, body as ApiObject);
    if (verb === 'patch')
      return this.put(resource, merge(found as unknown as Json, body as Json) as unknown as ApiObject);
    this.remove(resource, namespace, name);
    return found;
  }

  #tokenRequest(body: Json): ApiObject {
    const seconds = (body['spec'] as { expirationSeconds: number }).expirationSeconds;
    const expirationTimestamp = timestamp(this.#runtime.clock.now() + seconds * 1000);
    return { ...body, status: { token: this.token(), expirationTimestamp } } as unknown as ApiObject;
  }

  #tell(resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject): void {
    for (const { request, sink } of this.#watches)
      if (request.resource.resource === resource && isSelected(object, request.query?.['fieldSelector']))
        queueMicrotask(() => sink.event({ type, object }));
  }
}

function isSelected(object: ApiObject, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  const [path = '', value] = selector.split('=');
  return path.split('.').reduce<unknown>((at, step) => (at as Json | undefined)?.[step], object) === value;
}

const MERGE_KEYS: Readonly<Record<string, string>> = {
  conditions: 'type',
  podIPs: 'ip',
  hostIPs: 'ip',
  addresses: 'type',
};

/** Strategic merge, of the lists that a kubelet patches. */
function merge(target: Json, patch: Json): Json {
  const result = { ...target };
  for (const [field, value] of Object.entries(patch)) {
    const key = MERGE_KEYS[field];
    if (value === null) delete result[field];
    else if (Array.isArray(value) && key !== undefined)
      result[field] = mergeList((target[field] as Json[]) ?? [], value, key);
    else if (typeof value === 'object' && !Array.isArray(value))
      result[field] = merge((target[field] as Json) ?? {}, value as Json);
    else result[field] = value;
  }
  return result;
}

function mergeList(target: Json[], patch: Json[], key: string): Json[] {
  const result = [...target];
  for (const { $patch, ...item } of patch) {
    const at = result.findIndex((one) => one[key] === item[key]);
    if ($patch === 'delete') result.splice(at, 1);
    else if (at < 0) result.push(merge({}, item));
    else result[at] = merge(result[at]!, item);
  }
  return result;
}
