import type { ApiObject, Resource } from '@kubarium/shared';
import type { SubresourceHandler } from './registry.ts';
import type { Strategy } from './strategy.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** One subresource as discovery shows it. */
export interface SubresourceDefinition {
  readonly kind: string;
  readonly group?: string | undefined;
  readonly version?: string | undefined;
  readonly verbs: readonly string[];
}

/** A kind of our own as OpenAPI describes it: schemas of OpenAPI 3.0, with descriptions. */
export interface KindSchema {
  readonly description: string;
  readonly spec: object;
  readonly status: object;
}

/**
 * One served resource. Routes, discovery, OpenAPI, printing, selectors and validation all derive from the rows of the resource
 * table, which are built from the recorded facts plus one strategy each.
 */
export interface ResourceDefinition<T extends ApiObject = ApiObject> extends Resource<T> {
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly Verb[];
  readonly subresources: Readonly<Record<string, SubresourceDefinition>>;
  /** The name of its schema in the recorded facts: `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
  /** Of a kind that the recorded facts do not have (`schema` is empty): what clients are told of it. */
  readonly ownSchema?: KindSchema | undefined;
  /** What goes with an object: that of the same name of another resource (a Service's Endpoints), whoever made it. */
  readonly companion?: Resource | undefined;
  /** The folder of its keys in storage; two versions of one resource (Event) share it. */
  readonly storagePrefix: string;
  readonly columns: readonly TableColumn[];
  readonly fieldSelectors: readonly string[];
  readonly strategy: Strategy<T>;
  /** Subresources with a meaning of their own, by name. */
  readonly handlers?: Readonly<Record<string, SubresourceHandler>> | undefined;
  /**
   * For a resource that is not stored, such as `bindings` and reviews that answer when created: what its verbs do. Its
   * `revise` is of no use (there is no parent object).
   */
  readonly virtual?: SubresourceHandler | undefined;
  /** What clients are told with every request to the resource: that it is deprecated, and what to use instead. */
  readonly deprecation?: string | undefined;
  /** The kind that errors name, where it is not the definition's own (an Event of events.k8s.io is a core Event to them). */
  readonly errorKind?: { readonly group: string; readonly kind: string } | undefined;
  /** For a second version of a stored resource: turns what is stored into this version's objects and back. */
  readonly conversion?: { fromStored(object: ApiObject): T; toStored(object: T): ApiObject } | undefined;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  /** 0 is always shown, 1 only in wide output. */
  readonly priority: number;
}
