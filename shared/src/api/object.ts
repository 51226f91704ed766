import type { ObjectMeta } from './meta-v1.ts';

/** Any Kubernetes object as it is stored and served. Objects read from the API are shared: never change one in place. */
export interface ApiObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

/** An object as a writer sends it: what the API server fills in may be missing. */
export type Draft<T extends ApiObject> = Partial<Omit<T, 'metadata'>> & { metadata: Partial<ObjectMeta> };

/** A page of a list. `metadata.resourceVersion` is the revision that the whole list was read at. */
export interface ApiList<T extends ApiObject> {
  apiVersion: string;
  kind: string;
  metadata: { resourceVersion: string; continue?: string | undefined; remainingItemCount?: number | undefined };
  items: T[];
}

/**
 * One change seen by a watch. `BOOKMARK` carries an object with nothing but its type and `metadata.resourceVersion`
 * (and the annotation `k8s.io/initial-events-end` at the end of the initial events).
 */
export interface WatchEvent<T extends ApiObject = ApiObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/** Names one object of a resource; `namespace` is absent for cluster-scoped ones. */
export interface ObjectName {
  namespace?: string | undefined;
  name: string;
}
