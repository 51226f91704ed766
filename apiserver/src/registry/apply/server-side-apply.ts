import { StatusError, type StatusCause } from '@kubarium/shared';
import type { Json } from '../json.ts';
import { fieldsOf, fieldText, inTellingOrder, type FieldSet } from './field-set.ts';
import { KUBECTL, LAST_APPLIED_PATH } from './last-applied.ts';
import { canBeOwned, isSameManager, managedFieldsOf, managersOf, type Manager } from './managed-fields.ts';
import { mergeApplied, withoutFields } from './merge-applied.ts';
import type { ValueType } from './typed-value.ts';
import type { ManagedFieldsEntry } from '@kubarium/shared';

export interface ApplyRequest {
  /** The configuration as the client sent it: what it says, it owns. */
  readonly configuration: Json;
  /** The same with its values as the server writes them (`1` for `1000m`). */
  readonly canonical: Json;
  /** Takes fields over from other managers instead of refusing. */
  readonly force: boolean;
  readonly manager: Omit<Manager, 'fields' | 'operation'>;
  readonly hasStatus: boolean;
  /** What the subresource `status` leaves alone of the metadata. */
  readonly metadataKeptFromStatus?: readonly string[] | undefined;
  /** What client-side apply made and nobody has changed since. */
  readonly lastApplied?: FieldSet | undefined;
}

export interface Applied {
  readonly object: Json;
  readonly managedFields: ManagedFieldsEntry[];
}

/**
 * What an applied configuration makes of the live object, and who owns what then (KEP-555):
 * 1. the configuration is laid over the live object;
 * 2. a field that this changes and that another manager owns is a conflict (409), unless the request is forced, or kubectl takes over what
 *    its own client-side apply made;
 * 3. what the manager applied before, applies no more, and nobody else owns is removed.
 * Throws StatusError. `live` is undefined where the object does not exist yet.
 *
 * Simplified: who changed an object is kept only from its first apply on; what it had until then belongs to client-side apply, where that
 * made it, and the rest to `before-first-apply`, as on a real server for objects without managed fields.
 */
export function applyConfiguration(live: Json | undefined, type: ValueType, request: ApplyRequest): Applied {
  const { configuration, canonical, force, manager, hasStatus, lastApplied = new Set() } = request;
  const ownable = (path: string): boolean =>
    canBeOwned(path, manager.subresource, hasStatus, request.metadataKeptFromStatus);
  const values = fieldsOf(canonical, type);
  const said = [...fieldsOf(configuration, type)].filter(([path]) => ownable(path));
  const wanted = new Map(said.map(([path, value]) => [path, values.get(path) ?? value]));
  const current = new Map([...fieldsOf(live ?? {}, type)].filter(([path]) => ownable(path)));
  const known = live === undefined ? [] : knownManagers(live, current, manager, lastApplied);
  const self = { ...manager, operation: 'Apply' as const };
  const others = known.filter((one) => !isSameManager(one, self));
  const before = known.find((one) => isSameManager(one, self));

  const changed = new Set([...wanted].filter(([path, value]) => current.get(path) !== value).map(([path]) => path));
  const conflicts = others.flatMap((other) =>
    [...other.fields].filter((path) => changed.has(path)).map((path) => ({ other, path })),
  );
  const isTakenOver = ({ path }: Conflict): boolean => force || (manager.name === KUBECTL && lastApplied.has(path));
  const refused = conflicts.filter((conflict) => !isTakenOver(conflict));
  if (refused.length > 0) throw conflictError(refused);
  const lost = new Set(conflicts.map(({ path }) => path));
  const left = others.map((other) => ({
    ...other,
    fields: new Set([...other.fields].filter((path) => !lost.has(path))),
  }));

  const stillOwned = new Set([...wanted.keys(), ...left.flatMap(({ fields }) => [...fields])]);
  const removed = new Set([...(before?.fields ?? [])].filter((path) => !stillOwned.has(path)));
  const merged = mergeApplied(live ?? {}, configuration, type);
  const object = (removed.size === 0 ? merged : withoutFields(merged, type, removed, stillOwned)) as Json;

  const fields = new Set(wanted.keys());
  const isSame =
    before !== undefined && before.fields.size === fields.size && [...fields].every((path) => before.fields.has(path));
  const entry: Manager = {
    ...self,
    time: isSame && changed.size === 0 && removed.size === 0 ? before.time : self.time,
    fields,
  };
  return { object, managedFields: managedFieldsOf([...left, entry]) };
}

function knownManagers(
  live: Json,
  current: ReadonlyMap<string, string>,
  { apiVersion, time }: ApplyRequest['manager'],
  lastApplied: FieldSet,
): Manager[] {
  const known = managersOf((live['metadata'] as { managedFields?: ManagedFieldsEntry[] }).managedFields);
  if (known.length > 0 || current.size === 0) return known;
  const entry = (name: string, fields: FieldSet): Manager => ({ name, operation: 'Update', apiVersion, time, fields });
  const fields = new Set(current.keys());
  const clientSide = lastApplied.size === 0 ? lastApplied : new Set([...lastApplied, LAST_APPLIED_PATH]);
  return [
    entry('before-first-apply', fields.difference(clientSide)),
    entry('kubectl-client-side-apply', fields.intersection(clientSide)),
  ];
}

interface Conflict {
  readonly other: Manager;
  readonly path: string;
}

function conflictError(conflicts: readonly Conflict[]): StatusError {
  const byManager = Map.groupBy(conflicts, ({ other }) => managerText(other));
  const causes: StatusCause[] = [];
  const texts: string[] = [];
  for (const [name, own] of [...byManager].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const fields = inTellingOrder(own.map(({ path }) => path)).map(fieldText);
    for (const field of fields)
      causes.push({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field });
    texts.push(
      conflicts.length === 1
        ? `conflict with ${name}: ${fields[0]}`
        : `conflicts with ${name}:\n- ${fields.join('\n- ')}`,
    );
  }
  const count = `${causes.length} conflict${causes.length === 1 ? '' : 's'}`;
  return new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${count}: ${texts.join('\n')}`,
    details: { causes },
  });
}

function managerText({ name, operation, apiVersion, subresource }: Manager): string {
  const place = subresource === undefined ? '' : ` with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Apply'
    ? `${JSON.stringify(name)}${place}`
    : `${JSON.stringify(name)}${place} using ${apiVersion}`;
}
