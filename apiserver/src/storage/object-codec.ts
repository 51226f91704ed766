import type { ApiObject, ObjectMeta } from '@kubarium/shared';
import type { Codec } from './storage.ts';

/**
 * API objects as JSON. `metadata.resourceVersion` is the revision; fields come in the order of the real server, `kind` and
 * `apiVersion` first.
 */
export const objectCodec: Codec<ApiObject> = {
  encode: (object, revision) => objectText(object, String(revision)),
  decode: (text) => JSON.parse(text) as ApiObject,
};

/** The JSON of an object that is not stored (a dry run's answer has no revision of its own). */
export const objectText = ({ kind, apiVersion, metadata, ...rest }: ApiObject, resourceVersion?: string): string =>
  JSON.stringify({ kind, apiVersion, metadata: ordered(metadata, resourceVersion), ...rest });

const ordered = (metadata: ObjectMeta, resourceVersion: string | undefined): object => {
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
