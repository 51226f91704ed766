import type { ObjectMeta, OwnerReference } from '@kubarium/shared';

/** Takes references that are given twice out of a draft's metadata, and says so. */
export function withoutRepeatedOwners(metadata: ObjectMeta, isPatched: boolean): string[] {
  const references = metadata.ownerReferences ?? [];
  if (references.length < 2) return [];
  const told = new Set<string>();
  const unique = new Map<string, OwnerReference>();
  for (const reference of references) {
    const { apiVersion, kind, name, uid, controller = '', blockOwnerDeletion = '' } = reference;
    const key = JSON.stringify([apiVersion, kind, name, uid, controller, blockOwnerDeletion]);
    if (unique.has(key)) told.add(uid);
    else unique.set(key, reference);
  }
  if (told.size === 0) return [];
  metadata.ownerReferences = [...unique.values()];
  const when = isPatched ? ' after mutating admission happens' : '';
  return [
    `.metadata.ownerReferences contains duplicate entries${when}; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...told].join(', ')}`,
  ];
}
