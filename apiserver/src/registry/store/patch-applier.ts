import type { ApiObject } from '@kubarium/shared';
import type { PatchRequest } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

export interface Patched {
  /** Shares nothing changeable with the object that was patched. */
  readonly draft: ApiObject;
  readonly warnings: readonly string[];
}

/**
 * Makes the patched object out of the current one, which it must not change. Synchronous, pure; throws a StatusError where
 * the patch does not fit (400, 422). Implemented below registry/patch.
 */
export type PatchApplier = (definition: ResourceDefinition, current: ApiObject, request: PatchRequest) => Patched;
