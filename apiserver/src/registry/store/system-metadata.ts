import type { ManagedFieldsEntry, ObjectMeta } from '@kubarium/shared';
import { timestamp } from '@kubarium/shared';
import type { RequestContext } from '../strategy.ts';

const MAX_MANAGER_BYTES = 128;

/** An account of who owns what that cannot be read counts for nothing. */
const isReadable = ({ operation, fieldsType = '', manager = '' }: ManagedFieldsEntry): boolean =>
  (operation === 'Apply' || operation === 'Update') &&
  (fieldsType === '' || fieldsType === 'FieldsV1') &&
  Buffer.byteLength(manager) <= MAX_MANAGER_BYTES;

/** Gives a new object what only the server may: its uid and the moment of its creation. */
export function fillSystemFields(metadata: ObjectMeta, { runtime }: RequestContext): void {
  metadata.uid = runtime.random.uuid();
  metadata.creationTimestamp = timestamp(runtime.clock.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  if (metadata.managedFields?.every(isReadable) === false) delete metadata.managedFields;
}

/** What an update cannot change, whatever it says. */
export function keepMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  metadata.uid ||= old.uid;
  metadata.namespace ??= old.namespace;
  metadata.resourceVersion = old.resourceVersion;
  metadata.creationTimestamp = old.creationTimestamp;
  if (old.generation === undefined) delete metadata.generation;
  else metadata.generation = old.generation;
  if (old.deletionTimestamp !== undefined) metadata.deletionTimestamp = old.deletionTimestamp;
  metadata.deletionGracePeriodSeconds ??= old.deletionGracePeriodSeconds;
  if (metadata.managedFields?.every(isReadable) !== true) metadata.managedFields = old.managedFields;
  delete metadata.selfLink;
}
