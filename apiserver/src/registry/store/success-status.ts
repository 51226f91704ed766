import type { ApiObject, Status } from '@kubarium/shared';
import type { ResourceDefinition } from '../resource-definition.ts';

const SUCCESS: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

/** What the API answers where something was made of a request that there is no object to show of. */
export const createdStatus = (): Status => ({ ...SUCCESS, code: 201 });

/** What it answers of an object that has been removed. */
export const deletedStatus = (
  { group, resource }: ResourceDefinition,
  { metadata: { name, uid } }: ApiObject,
): Status => ({ ...SUCCESS, details: { name, ...(group === '' ? {} : { group }), kind: resource, uid } });
