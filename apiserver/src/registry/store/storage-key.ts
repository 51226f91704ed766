import type { Target } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

type Keyed = Pick<ResourceDefinition, 'storagePrefix' | 'namespaced'>;

/** Where an object is stored. */
export const storageKey = ({ storagePrefix, namespaced }: Keyed, { namespace, name }: Target): string =>
  namespaced ? `${storagePrefix}/${namespace ?? ''}/${name}` : `${storagePrefix}/${name}`;

/** Where all objects of a resource are, or those of one namespace. */
export const storageFolder = ({ storagePrefix, namespaced }: Keyed, namespace: string | undefined): string =>
  namespaced && namespace !== undefined && namespace !== '' ? `${storagePrefix}/${namespace}/` : `${storagePrefix}/`;
