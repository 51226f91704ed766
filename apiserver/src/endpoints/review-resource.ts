import type { ApiObject } from '@kubarium/shared';
import type { ReadableResource } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { RequestContext } from '../registry/strategy.ts';

/**
 * A kind that is answered when it is created, and never stored: the caller posts a question in its spec and gets it back with
 * the answer in its status (SubjectAccessReview and the like). Shown in discovery like any other resource. Where its definition has
 * the verbs get, list and watch, `reads` answers them.
 */
export interface ReviewResource {
  readonly definition: ResourceDefinition;
  /** Answers a question; throws StatusError. The draft is the request's own and may be changed. */
  review(context: RequestContext, draft: ApiObject): Promise<ApiObject>;
  readonly reads?: ReadableResource | undefined;
}

/** A definition of a review from the little that tells it from others. */
export function reviewDefinition(
  of: Pick<ResourceDefinition, 'group' | 'version' | 'resource' | 'kind' | 'schema' | 'ownSchema'> & {
    readonly namespaced?: boolean;
  },
): ResourceDefinition {
  return {
    namespaced: false,
    singular: of.kind.toLowerCase(),
    listKind: `${of.kind}List`,
    shortNames: [],
    categories: [],
    verbs: ['create'],
    subresources: {},
    storagePrefix: '',
    columns: [],
    fieldSelectors: [],
    strategy: {},
    ...of,
  };
}
