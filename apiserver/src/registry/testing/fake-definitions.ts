import type { ApiObject } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { Strategy } from '../strategy.ts';

/** A made-up kind, for tests of what is generic. */
export interface Widget extends ApiObject {
  spec?: { size?: number; color?: string; grace?: number } | undefined;
  status?: { phase?: string } | undefined;
}

export const fakeDefinition = (
  resource: string,
  kind: string,
  strategy: Strategy,
  overrides: Partial<ResourceDefinition> = {},
): ResourceDefinition => ({
  group: 'example.dev',
  version: 'v1',
  resource,
  kind,
  namespaced: true,
  singular: kind.toLowerCase(),
  listKind: `${kind}List`,
  shortNames: [],
  categories: [],
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: { status: { kind, verbs: ['get', 'patch', 'update'] } },
  schema: `dev.example.v1.${kind}`,
  storagePrefix: resource,
  columns: [],
  fieldSelectors: ['metadata.name', 'metadata.namespace'],
  strategy,
  ...overrides,
});

/** A namespace that has a finalizer of its own, as real ones do. */
export const namespaces: ResourceDefinition = fakeDefinition(
  'namespaces',
  'Namespace',
  {
    withoutGeneration: true,
    isHeld: (object) => ((object as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? []).length > 0,
    prepareForDelete: (draft) => void Object.assign(draft, { status: { phase: 'Terminating' } }),
  },
  { group: '', namespaced: false },
);
