import type { ApiObject, DeleteOptions, PatchType, Status, WatchEvent } from '@kubarium/shared';
import type { Stored } from '../storage/storage.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import type { RequestContext } from './strategy.ts';

/**
 * Floor 2: the meaning of requests, without HTTP and without SQL. One generic implementation (registry-store.ts) serves
 * every row of the resource table; the endpoints and the in-process transport both call it. All failures are StatusErrors with the real
 * API server's reason, message and causes.
 */
export interface Registry {
  resource(group: string, version: string, resource: string): ResourceRegistry | undefined;
  /** Every served resource in discovery order. */
  definitions(): readonly ResourceDefinition[];
}

/** An object as the registry hands it out: its text is ready to be sent, its value is shared and immutable. */
export type Rendered = Pick<Stored<ApiObject>, 'text' | 'value'>;

export interface Target {
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface ReadOptions {
  readonly resourceVersion?: string | undefined;
}

export interface ListQuery extends ReadOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersionMatch?: string | undefined;
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
}

export interface ListAnswer {
  readonly resourceVersion: string;
  readonly continue?: string | undefined;
  readonly remainingItemCount?: number | undefined;
  readonly items: readonly Rendered[];
}

export interface WatchQuery extends Omit<ListQuery, 'limit' | 'continue'> {
  readonly allowWatchBookmarks?: boolean | undefined;
  readonly sendInitialEvents?: boolean | undefined;
}

/** One event for one watcher; `text` is the object's JSON. */
export interface RenderedEvent extends Rendered {
  readonly type: WatchEvent['type'];
}

/** Takes a watch's events, a batch for each commit. `error` ends the watch (410 Expired after compaction). */
export interface WatchReceiver {
  events(batch: readonly RenderedEvent[]): void;
  error(status: Status): void;
  /** How many bytes wait for a client that reads more slowly than it is written to; absent where nothing can wait. */
  backlogBytes?(): number;
}

/** Reads the current object and makes the patched one; called again where somebody else wrote in between. */
export interface PatchRequest {
  readonly type: PatchType;
  /** The patch, decoded from JSON or YAML. */
  readonly patch: unknown;
  /** What is strictly wrong with the patch's own text, such as keys given twice; told with the flaws of the patched object. */
  readonly patchFlaws?: readonly string[] | undefined;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
  readonly fieldManager?: string | undefined;
  readonly force?: boolean | undefined;
}

export interface Written extends Rendered {
  readonly created: boolean;
}

/** The verbs of one resource. `subresource` is one of the definition's: `status`, `scale`, `binding`, `eviction`, `token`, ... */
export interface ResourceRegistry {
  readonly definition: ResourceDefinition;
  get(context: RequestContext, target: Target, options?: ReadOptions, subresource?: string): Promise<Rendered>;
  list(context: RequestContext, query: ListQuery): Promise<ListAnswer>;
  /** Opens a watch; throws StatusError where it cannot start. Events never come before the call has returned. */
  watch(context: RequestContext, query: WatchQuery, receiver: WatchReceiver): Disposable;
  /** `target.name` is set for subresources only. The draft is the request's own and may be changed. */
  create(context: RequestContext, target: Partial<Target>, draft: ApiObject, subresource?: string): Promise<Written>;
  update(context: RequestContext, target: Target, draft: ApiObject, subresource?: string): Promise<Written>;
  patch(context: RequestContext, target: Target, request: PatchRequest, subresource?: string): Promise<Written>;
  /** Answers with the object (still dying) or, once gone, a Status `Success`: whatever the real server answers. `done` is false for 202. */
  delete(
    context: RequestContext,
    target: Target,
    options: DeleteOptions,
  ): Promise<{ readonly body: Rendered; readonly done: boolean }>;
  deleteCollection(context: RequestContext, query: ListQuery, options: DeleteOptions): Promise<ListAnswer>;
}

/** The verbs that only read. */
export type ReadableResource = Pick<ResourceRegistry, 'definition' | 'get' | 'list' | 'watch'>;

/**
 * A subresource with a meaning of its own (all but `status`, which the registry store does by the strategy). `patch` is made of `get`
 * and `update`.
 */
export interface SubresourceHandler {
  get?(call: SubresourceCall): Promise<ApiObject>;
  create?(call: SubresourceCall, body: ApiObject): Promise<ApiObject | Status>;
  update?(call: SubresourceCall, body: ApiObject): Promise<ApiObject>;
}

export interface SubresourceCall {
  readonly context: RequestContext;
  readonly registry: Registry;
  /** The resource that the subresource belongs to. */
  readonly parent: ResourceRegistry;
  readonly target: Target;
  /**
   * Changes the parent object as one atomic write: `revise` gets a private copy and changes it in place, or throws StatusError.
   * Generation is raised as by an update of the main resource. Nothing else of its strategy is asked: what may change and what
   * the result must be is the handler's own business, and so is the resourceVersion of the body.
   */
  revise(revise: (draft: ApiObject, current: ApiObject) => void): Promise<ApiObject>;
}
