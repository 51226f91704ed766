import type { ApiObject, ObjectMeta, StatusError } from '@kubarium/shared';
import { badRequest, conflict, invalid } from '@kubarium/shared';
import type { Target } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import type { FieldError } from '../strategy.ts';
import { storageKey } from './storage-key.ts';
import { parseResourceVersion } from './resource-version.ts';

/** What is asked of every write before it is made. All of these throw StatusErrors. */

/**
 * What a request says of the object in its URL must be what the object says of itself. Also puts the object into the namespace of the URL,
 * where it names none; what has no namespace may name any, and is none the worse.
 */
export function checkNamespace({ namespaced }: ResourceDefinition, draft: ApiObject, namespace = ''): void {
  const given = draft.metadata.namespace ?? '';
  if (!namespaced) delete draft.metadata.namespace;
  else if (given === '' && namespace !== '') draft.metadata.namespace = namespace;
  else if (given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

export function checkNames(
  definition: ResourceDefinition,
  draft: ApiObject,
  { namespace, name }: Target,
  isWholeObject: boolean,
): void {
  if (isWholeObject || draft.metadata.namespace !== undefined) checkNamespace(definition, draft, namespace);
  const given = draft.metadata.name ?? '';
  if (given === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
}

/** The client means another object than the one that is there, whose uid is empty where there is none. */
export const uidConflict = (
  definition: ResourceDefinition,
  { name, namespace, uid }: Pick<ObjectMeta, 'name' | 'namespace' | 'uid'>,
  actual: string,
): StatusError =>
  conflict(
    definition,
    name,
    `StorageError: invalid object, Code: 4, Key: /registry/${storageKey(definition, { namespace, name })}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`,
  );

/** Optimistic locking: what the client says it replaces must be what is there. */
export function checkVersion(
  definition: ResourceDefinition,
  wanted: ObjectMeta,
  old: ObjectMeta,
  checksUid: boolean,
): void {
  const { name } = old;
  if (checksUid && wanted.uid && wanted.uid !== old.uid) {
    throw uidConflict(definition, { ...wanted, namespace: old.namespace }, old.uid);
  }
  const version = parseResourceVersion(wanted.resourceVersion) ?? 0;
  if (version !== 0) {
    if (wanted.resourceVersion !== old.resourceVersion) throw conflict(definition, name);
  } else if (definition.strategy.requiresResourceVersion === true) {
    // The real server names the resource here, not the kind.
    throw invalid({ group: definition.group, kind: definition.resource }, name, [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
        field: 'metadata.resourceVersion',
      },
    ]);
  }
}

/** What a strategy finds wrong with an object. */
export function checkValid(definition: ResourceDefinition, { name }: ObjectMeta, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(definition.errorKind ?? definition, name ?? '', errors);
}
