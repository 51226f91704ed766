import type { ApiObject, ObjectName } from '../api/object.ts';

/** The key of an object in caches and queues: `NAMESPACE/NAME`, or `NAME` for a cluster-scoped one. */
export const keyOf = (object: Pick<ApiObject, 'metadata'>): string => nameKey(object.metadata);

/** The same key, from a name. */
export const nameKey = ({ namespace, name }: ObjectName): string =>
  namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;

/** The name that a key stands for. */
export function parseKey(key: string): ObjectName {
  const slash = key.indexOf('/');
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
