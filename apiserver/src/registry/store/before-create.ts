import type { ApiObject } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { RequestContext } from '../strategy.ts';
import { validateObjectMeta } from '../validation/object-meta.ts';
import { fillSystemFields } from './system-metadata.ts';
import { checkValid } from './write-checks.ts';

/** Makes of a draft that has its name the object that is stored; throws what is wrong with it (k8s.io/apiserver registry/rest/create.go). */
export function beforeCreate(definition: ResourceDefinition, draft: ApiObject, context: RequestContext): void {
  const { strategy } = definition;
  const { metadata } = draft;
  fillSystemFields(metadata, context);
  if (strategy.withoutGeneration !== true) metadata.generation = 1;
  strategy.defaults?.(draft);
  strategy.prepareForCreate?.(draft, context);
  checkValid(definition, metadata, [
    ...validateObjectMeta(metadata, undefined, definition),
    ...(strategy.validate?.(draft, undefined) ?? []),
  ]);
}
