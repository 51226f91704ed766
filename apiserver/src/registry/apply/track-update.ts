import type { ManagedFieldsEntry } from '@kubarium/shared';
import { fieldsOf } from './field-set.ts';
import { canBeOwned, isSameManager, managedFieldsOf, managersOf, type Manager } from './managed-fields.ts';
import type { Json, ValueType } from './typed-value.ts';

/**
 * The managed fields after a write that is not an apply: the writer owns what it changed, nobody owns what it removed. For objects
 * that have managed fields; `old` and `next` are the object before and after, `next` with what the managers owned until now.
 */
export function trackUpdate(
  old: Json,
  next: Json,
  type: ValueType,
  writer: Omit<Manager, 'fields' | 'operation'>,
  hasStatus: boolean,
): ManagedFieldsEntry[] | undefined {
  const entries = (next['metadata'] as { managedFields?: ManagedFieldsEntry[] }).managedFields;
  const [before, after] = [fieldsOf(old, type), fieldsOf(next, type)];
  const ownable = (path: string): boolean => canBeOwned(path, writer.subresource, hasStatus);
  const changed = new Set(
    [...after].filter(([path, value]) => before.get(path) !== value && ownable(path)).map(([path]) => path),
  );
  const gone = new Set([...before.keys()].filter((path) => !after.has(path)));
  if (changed.size === 0 && gone.size === 0) return entries;
  const self = { ...writer, operation: 'Update' as const };
  const managers = managersOf(entries).map((manager): Manager => {
    const isSelf = isSameManager(manager, self);
    const kept = [...manager.fields].filter((path) => !gone.has(path) && (isSelf || !changed.has(path)));
    if (isSelf && changed.size > 0) return { ...self, fields: new Set([...kept, ...changed]) };
    return { ...manager, fields: new Set(kept) };
  });
  if (changed.size > 0 && !managers.some((manager) => isSameManager(manager, self)))
    managers.push({ ...self, fields: changed });
  return managedFieldsOf(managers);
}
