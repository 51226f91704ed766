import type {
  ApiObject,
  ApiRequest,
  DeleteOptions,
  Runtime,
  Timer,
  Transport,
  WatchRequest,
  WatchSink,
} from '@kubarium/shared';
import { apiVersionOf, copyJson, methodNotSupported, NAMESPACES, StatusError } from '@kubarium/shared';
import type { Attributes, Authorizer } from './authorization/authorizer.ts';
import { forbiddenError } from './authorization/forbidden-error.ts';
import { decodeTarget, decodeValue } from './endpoints/decode-object.ts';
import { listOptions, writeOptions, type FieldValidation } from './endpoints/query-options.ts';
import type { ReviewResource } from './endpoints/review-resource.ts';
import type { ListAnswer, PatchRequest, Registry, ResourceRegistry, Target } from './registry/registry.ts';
import type { ResourceDefinition } from './registry/resource-definition.ts';
import type { RequestContext, User } from './registry/strategy.ts';

export interface LocalTransportOptions {
  readonly registry: Registry;
  readonly authorizer: Pick<Authorizer, 'authorize'>;
  /** In whose name requests are made: a component's own, as with a client certificate. */
  readonly user: User;
  readonly runtime: Runtime;
  /** Reviews besides the registry's resources. */
  readonly reviews?: () => readonly ReviewResource[];
}

/** A request whose body is already the server's own. */
interface Call {
  readonly request: ApiRequest;
  readonly resource: ResourceRegistry;
  readonly context: RequestContext;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/**
 * The client's way into an API server of the same process: the semantics and the authorization of HTTP without its bytes. Bodies
 * are decoded by the same schemas (and so copied); answers are the stored objects themselves, shared and never to be changed.
 */
export class LocalTransport implements Transport {
  readonly #registry: Registry;
  readonly #authorizer: Pick<Authorizer, 'authorize'>;
  readonly #user: User;
  readonly #runtime: Runtime;
  readonly #reviews: () => readonly ReviewResource[];

  constructor({ registry, authorizer, user, runtime, reviews = () => [] }: LocalTransportOptions) {
    this.#reviews = reviews;
    this.#registry = registry;
    this.#authorizer = authorizer;
    this.#user = user;
    this.#runtime = runtime;
  }

  async request(request: ApiRequest): Promise<ApiObject> {
    const review = this.#review(request.resource);
    if (review !== undefined)
      return request.verb === 'create' ? this.#answer(review, request) : this.#read(review, request);
    const { activity } = this.#runtime;
    activity?.begin();
    try {
      // Up to the first await this runs within the caller's call: the body is copied before it returns.
      return await send(this.#open(request));
    } finally {
      activity?.end();
    }
  }

  watch(request: WatchRequest, sink: WatchSink): () => void {
    const watch = new LocalWatch(sink);
    try {
      const resource = this.#review(request.resource)?.reads ?? this.#resource(request.resource);
      this.#authorize('watch', request);
      const { timeoutSeconds, ...options } = listOptions(queryOf(request.query), true);
      const query = { ...options, namespace: request.namespace };
      watch.open((receiver) => resource.watch(this.#context(false), query, receiver));
      if (timeoutSeconds !== undefined) watch.endAfter(timeoutSeconds * 1000, this.#runtime);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      queueMicrotask(() => watch.end(error));
    }
    return () => watch.close();
  }

  #review({ group, resource }: ApiRequest['resource']): ReviewResource | undefined {
    return this.#reviews().find(({ definition }) => definition.group === group && definition.resource === resource);
  }

  /** A review may wait for things that take time, so it is not held to be work under way, which would keep virtual time from passing. */
  #answer(review: ReviewResource, request: ApiRequest): Promise<ApiObject> {
    this.#authorize('create', request);
    const { kind } = review.definition;
    const draft = { ...structuredClone(request.body as ApiObject), kind, apiVersion: apiVersionOf(review.definition) };
    return review.review(this.#context(false), draft);
  }

  async #read({ definition, reads }: ReviewResource, request: ApiRequest): Promise<ApiObject> {
    const { verb, namespace, name = '', query } = request;
    this.#authorize(verb, request);
    if (reads === undefined || (verb !== 'get' && verb !== 'list')) throw methodNotSupported(definition, verb);
    const options = queryOf(query);
    if (verb === 'get') return (await reads.get(this.#context(false), { namespace, name })).value;
    return listOf(definition, await reads.list(this.#context(false), { ...listOptions(options, false), namespace }));
  }

  #open(request: ApiRequest): Call {
    const resource = this.#resource(request.resource);
    this.#authorize(request.verb, request);
    const query = queryOf(request.query);
    const dryRun = query.has('dryRun') || ((request.body as DeleteOptions | undefined)?.dryRun ?? []).length > 0;
    const body = bodyOf(request, resource.definition, query.get('fieldValidation') === 'Strict' ? 'Strict' : 'Ignore');
    return { request, resource, query, context: this.#context(dryRun), body };
  }

  #resource({ group, version, resource }: ApiRequest['resource']): ResourceRegistry {
    const found = this.#registry.resource(group, version, resource);
    if (found !== undefined) return found;
    throw new StatusError({
      message: 'the server could not find the requested resource',
      reason: 'NotFound',
      details: {},
      code: 404,
    });
  }

  #context(dryRun: boolean): RequestContext {
    return { user: this.#user, runtime: this.#runtime, dryRun, fieldManager: this.#user.name };
  }

  #authorize(verb: string, request: Pick<ApiRequest, 'resource' | 'namespace' | 'name' | 'subresource'>): void {
    const { group, version, resource } = request.resource;
    const { name, subresource } = request;
    // What is done to a Namespace is done within it, as far as permissions go.
    const isNamespace = group === NAMESPACES.group && resource === NAMESPACES.resource;
    const namespace = isNamespace ? name : request.namespace;
    const attributes: Attributes = { verb, resource: { group, version, resource, subresource, namespace, name } };
    const { allowed, reason } = this.#authorizer.authorize(this.#user, attributes);
    if (!allowed) throw forbiddenError(this.#user, attributes, reason);
  }
}

const queryOf = (query: Readonly<Record<string, string>> | undefined): URLSearchParams => new URLSearchParams(query);

/** A copy of the body in the shape that its kind's schema gives it. */
function bodyOf(
  { verb, body, subresource }: ApiRequest,
  definition: ResourceDefinition,
  fieldValidation: FieldValidation,
): unknown {
  if (verb === 'get' || verb === 'list') return undefined;
  if (verb !== 'create' && verb !== 'update') return copyJson(body ?? {});
  return decodeValue(expectedKind(definition, subresource), body, { fieldValidation }).object;
}

function expectedKind(definition: ResourceDefinition, subresource: string | undefined) {
  const of = subresource === undefined ? undefined : definition.subresources[subresource];
  if (of === undefined || of.kind === definition.kind) return definition;
  const { kind, group = definition.group, version = definition.version } = of;
  return decodeTarget(group, version, kind) ?? definition;
}

async function send(call: Call): Promise<ApiObject> {
  const { resource, context, request, query, body } = call;
  const { namespace, name, subresource } = request;
  const target: Target = { namespace, name: name ?? '' };
  switch (request.verb) {
    case 'get': {
      const resourceVersion = query.get('resourceVersion') ?? undefined;
      return (await resource.get(context, target, { resourceVersion }, subresource)).value;
    }
    case 'list':
      return listOf(resource.definition, await resource.list(context, { ...listOptions(query, false), namespace }));
    case 'create':
      writeOptions(query, 'CreateOptions');
      return (
        await resource.create(context, name === undefined ? { namespace } : target, body as ApiObject, subresource)
      ).value;
    case 'update':
      writeOptions(query, 'UpdateOptions');
      return (await resource.update(context, target, body as ApiObject, subresource)).value;
    case 'patch':
      return (await resource.patch(context, target, patchRequest(call), subresource)).value;
    case 'delete':
      return (await resource.delete(context, target, body as DeleteOptions)).body.value;
    case 'deletecollection': {
      const options = { ...listOptions(query, false), namespace };
      return listOf(resource.definition, await resource.deleteCollection(context, options, body as DeleteOptions));
    }
  }
}

function patchRequest({ request: { patchType }, query, body }: Call): PatchRequest {
  const type = patchType ?? 'application/merge-patch+json';
  const { fieldValidation, fieldManager, force } = writeOptions(
    query,
    'PatchOptions',
    type === 'application/apply-patch+yaml',
  );
  return { type, patch: body, fieldValidation, fieldManager, force };
}

function listOf(definition: ResourceDefinition, answer: ListAnswer): ApiObject {
  const { resourceVersion, continue: next, remainingItemCount } = answer;
  const list = {
    kind: definition.listKind,
    apiVersion: apiVersionOf(definition),
    metadata: { resourceVersion, continue: next, remainingItemCount },
    items: answer.items.map(({ value }) => value),
  };
  return list as unknown as ApiObject;
}

/** One watch of a client: tells its sink until one side ends it. */
class LocalWatch {
  readonly #sink: WatchSink;
  #subscription: Disposable | undefined;
  #timer: Timer | undefined;
  #isOpen = true;

  constructor(sink: WatchSink) {
    this.#sink = sink;
  }

  open(subscribe: (receiver: Parameters<ResourceRegistry['watch']>[2]) => Disposable): void {
    this.#subscription = subscribe({
      events: (batch) => {
        for (const { type, value } of batch) if (this.#isOpen) this.#sink.event({ type, object: value });
      },
      error: (status) => {
        const { code = 500, message = '', reason, details } = status;
        this.end(new StatusError({ message, reason, details, code }));
      },
    });
  }

  endAfter(delayMs: number, { clock }: Runtime): void {
    this.#timer = clock.setTimer(delayMs, () => this.end());
  }

  end(error?: StatusError): void {
    if (!this.#isOpen) return;
    this.close();
    this.#sink.end(error);
  }

  /** Quietly. */
  close(): void {
    this.#isOpen = false;
    this.#timer?.cancel();
    this.#subscription?.[Symbol.dispose]();
  }
}
