import type { ApiObject, ObjectMeta } from '@kubarium/shared';
import type { Codec } from './storage.ts';

/**
 * API objects as JSON. `metadata.resourceVersion` is the revision; fields come in the order of the real server, `kind` and
 * `apiVersion` first.
 */
export const objectCodec: Codec<ApiObject> = {
  encode({ kind, apiVersion, metadata, ...rest }, revision) {
    return JSON.stringify({ kind, apiVersion, metadata: ordered(metadata, String(revision)), ...rest });
  },
  decode: (text) => JSON.parse(text) as ApiObject,
};

const ordered = (metadata: ObjectMeta, resourceVersion: string): ObjectMeta => {
  const {
    name,
    generateName,
    namespace,
    uid,
    generation,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    labels,
    annotations,
    ownerReferences,
    finalizers,
    managedFields,
  } = metadata;
  return {
    name,
    generateName,
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deletionTimestamp,
    deletionGracePeriodSeconds,
    labels,
    annotations,
    ownerReferences,
    finalizers,
    managedFields,
  };
};
