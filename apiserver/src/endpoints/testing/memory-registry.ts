import { alreadyExists, notFound, type ApiObject, type Runtime } from '@kubarium/shared';
import type {
  ListAnswer,
  Registry,
  Rendered,
  RenderedEvent,
  ResourceRegistry,
  WatchReceiver,
  Written,
} from '../../registry/registry.ts';
import type { ResourceDefinition } from '../../registry/resource-definition.ts';

/** A registry that only keeps objects: enough to test HTTP against, without any kind's meaning. */
export class MemoryRegistry implements Registry {
  revision = 1;
  readonly #resources: readonly MemoryResource[];

  constructor(definitions: readonly ResourceDefinition[], runtime: Runtime) {
    this.#resources = definitions.map((definition) => new MemoryResource(definition, this, runtime));
  }

  resource(group: string, version: string, resource: string): MemoryResource | undefined {
    return this.#resources.find(
      ({ definition }) =>
        definition.group === group && definition.version === version && definition.resource === resource,
    );
  }

  definitions(): readonly ResourceDefinition[] {
    return this.#resources.map(({ definition }) => definition);
  }
}

class MemoryResource implements ResourceRegistry {
  readonly definition: ResourceDefinition;
  readonly #objects = new Map<string, Rendered>();
  readonly #receivers = new Set<WatchReceiver>();
  readonly #registry: MemoryRegistry;
  readonly #runtime: Runtime;

  constructor(definition: ResourceDefinition, registry: MemoryRegistry, runtime: Runtime) {
    this.definition = definition;
    this.#registry = registry;
    this.#runtime = runtime;
  }

  get: ResourceRegistry['get'] = async (_context, { namespace, name }) => {
    const found = this.#objects.get(`${namespace ?? ''}/${name}`);
    if (found === undefined) throw notFound(this.definition, name);
    return found;
  };

  list: ResourceRegistry['list'] = async (_context, { namespace }): Promise<ListAnswer> => ({
    resourceVersion: String(this.#registry.revision),
    items: [...this.#objects.values()].filter(
      ({ value }) => namespace === undefined || value.metadata.namespace === namespace,
    ),
  });

  watch: ResourceRegistry['watch'] = (_context, _query, receiver) => {
    this.#receivers.add(receiver);
    const initial = [...this.#objects.values()].map(({ text, value }) => ({ type: 'ADDED' as const, text, value }));
    if (initial.length > 0) queueMicrotask(() => this.#receivers.has(receiver) && receiver.events(initial));
    return { [Symbol.dispose]: () => void this.#receivers.delete(receiver) };
  };

  create: ResourceRegistry['create'] = async ({ dryRun }, { namespace }, draft): Promise<Written> => {
    const key = `${namespace ?? ''}/${draft.metadata.name}`;
    if (this.#objects.has(key)) throw alreadyExists(this.definition, draft.metadata.name);
    return this.#write(key, 'ADDED', draft, namespace, dryRun);
  };

  update: ResourceRegistry['update'] = async (context, target, draft): Promise<Written> => {
    await this.get(context, target);
    return this.#write(`${target.namespace ?? ''}/${target.name}`, 'MODIFIED', draft, target.namespace, context.dryRun);
  };

  patch: ResourceRegistry['patch'] = async (context, target, { patch }): Promise<Written> => {
    const { value } = await this.get(context, target);
    return this.update(context, target, { ...value, ...(patch as object) });
  };

  delete: ResourceRegistry['delete'] = async (context, target) => {
    const removed = await this.get(context, target);
    this.#objects.delete(`${target.namespace ?? ''}/${target.name}`);
    this.#tell({ ...removed, type: 'DELETED' });
    return { body: removed, done: true };
  };

  deleteCollection: ResourceRegistry['deleteCollection'] = async (context, query) => {
    const answer = await this.list(context, query);
    for (const { value } of answer.items) await this.delete(context, value.metadata, {});
    return answer;
  };

  /** For tests: tells all watchers. */
  #tell(event: RenderedEvent): void {
    for (const receiver of this.#receivers) receiver.events([event]);
  }

  /** For tests: ends all watches as compaction would. */
  expireWatches(): void {
    for (const receiver of this.#receivers) {
      receiver.error({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        reason: 'Expired',
        code: 410,
      });
    }
  }

  get watchers(): number {
    return this.#receivers.size;
  }

  #write(
    key: string,
    type: 'ADDED' | 'MODIFIED',
    draft: ApiObject,
    namespace: string | undefined,
    dryRun: boolean,
  ): Written {
    const { kind, apiVersion, metadata, ...rest } = draft;
    const resourceVersion = String(++this.#registry.revision);
    const uid = metadata.uid || this.#runtime.random.uuid();
    const placed = namespace === undefined ? {} : { namespace };
    const value: ApiObject = { kind, apiVersion, metadata: { ...metadata, ...placed, uid, resourceVersion }, ...rest };
    const rendered = { value, text: JSON.stringify(value) };
    if (!dryRun) {
      this.#objects.set(key, rendered);
      this.#tell({ ...rendered, type });
    }
    return { ...rendered, created: type === 'ADDED' };
  }
}
