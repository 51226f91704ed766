import type { ApiObject } from '@kubarium/shared';
import type { Registry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { RequestContext } from '../registry/strategy.ts';

/** One write on its way to storage. */
export interface AdmissionRequest {
  readonly definition: ResourceDefinition;
  readonly operation: 'create' | 'update' | 'delete';
  readonly subresource?: string | undefined;
  readonly namespace?: string | undefined;
  /** What is to be written, private to the request: a plugin changes it in place. Undefined for a delete. */
  readonly draft: ApiObject | undefined;
  /** What is there already; shared, never changed. Undefined for a create. */
  readonly old: ApiObject | undefined;
  /** For what a plugin must look up. */
  readonly registry: Registry;
}

/**
 * Looks at a write before it happens: changes it or throws StatusError. Mutating plugins run after defaults and before the
 * strategy's prepare and validate, in the order of the chain (docs: "Admission Controllers").
 */
export interface AdmissionPlugin {
  readonly name: string;
  /** May wait for something only for a create; updates and deletes are one atomic step. */
  admit(context: RequestContext, request: AdmissionRequest): void | Promise<void>;
}
