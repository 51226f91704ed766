import type { Registry } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import type { ReviewResource } from './review-resource.ts';

/** All resources that are served, stored ones and reviews; the same array until the registry's definitions change. */
export function servedResources(
  registry: Registry,
  reviews: readonly ReviewResource[],
): () => readonly ResourceDefinition[] {
  let madeOf: readonly ResourceDefinition[] | undefined;
  let made: readonly ResourceDefinition[] = [];
  return () => {
    const definitions = registry.definitions();
    if (definitions !== madeOf) {
      madeOf = definitions;
      made = [...definitions, ...reviews.map(({ definition }) => definition)];
    }
    return made;
  };
}
