import type { ObjectMeta } from '@kubarium/shared';
import { timestamp } from '@kubarium/shared';
import { isReadable } from '../apply/managed-fields.ts';
import type { RequestContext } from '../strategy.ts';

/** Gives a new object what only the server may: its uid and the moment of its creation. */
export function fillSystemFields(metadata: ObjectMeta, { runtime }: RequestContext): void {
  metadata.uid = runtime.random.uuid();
  metadata.creationTimestamp = timestamp(runtime.clock.now());
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
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
  keepOwners(metadata, old);
  delete metadata.selfLink;
}

/** A writer may say anew who owns what; entries without content (`[{}]`) forget it. */
function keepOwners(metadata: ObjectMeta, old: ObjectMeta): void {
  const said = metadata.managedFields;
  if (said?.every((entry) => Object.keys(entry).length === 0)) delete metadata.managedFields;
  else if (!said?.every(isReadable)) metadata.managedFields = old.managedFields;
}
