import type { ManagedFieldsEntry } from '@kubarium/shared';
import { fromFieldsV1, isFieldsV1, isWithin, step, toFieldsV1, type FieldSet } from './field-set.ts';

/** Who owns which fields: one entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string | undefined;
  readonly time?: string | undefined;
  readonly fields: FieldSet;
}

/** Two entries of the same manager: same name, way and place. */
export const isSameManager = (a: Manager, b: Omit<Manager, 'fields'>): boolean =>
  a.name === b.name && a.operation === b.operation && (a.subresource ?? '') === (b.subresource ?? '');

export const managersOf = (entries: readonly ManagedFieldsEntry[] | undefined): Manager[] =>
  (entries ?? []).map((entry) => ({
    name: entry.manager ?? '',
    operation: entry.operation === 'Apply' ? 'Apply' : 'Update',
    apiVersion: entry.apiVersion ?? '',
    subresource: entry.subresource,
    time: entry.time,
    fields: fromFieldsV1(entry.fieldsV1),
  }));

/** True for an entry that says who owns which fields; those that a client made up otherwise are passed over. */
export const isReadable = ({ operation, apiVersion, fieldsType, fieldsV1 }: ManagedFieldsEntry): boolean =>
  (operation === 'Apply' || operation === 'Update') &&
  Boolean(apiVersion) &&
  fieldsType === 'FieldsV1' &&
  isFieldsV1(fieldsV1);

/** Entries as they are stored: applied ones first, then by age; those that own nothing are dropped. */
export const managedFieldsOf = (managers: readonly Manager[]): ManagedFieldsEntry[] =>
  managers
    .filter(({ fields }) => fields.size > 0)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        compare(a.time, b.time) ||
        compare(a.name, b.name) ||
        compare(a.subresource, b.subresource),
    )
    .map(({ name, operation, apiVersion, subresource, time, fields }) => ({
      manager: name,
      operation,
      apiVersion,
      time,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
      ...(subresource === undefined ? {} : { subresource }),
    }));

const rank = ({ operation }: Manager): number => (operation === 'Apply' ? 0 : 1);
const compare = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);

/** Fields that nobody owns: the object's identity, and what only the system sets. */
const UNOWNED = ['apiVersion', 'kind'].map((name) => `f:${name}`);
const UNOWNED_METADATA = [
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
].map((name) => step('f:metadata', `f:${name}`));

/**
 * True where a field can be owned through an endpoint: the status only through the subresource `status` (of kinds that have it), the
 * rest of the content only through the resource itself. `kept` is what the subresource `status` leaves alone of the metadata.
 */
export function canBeOwned(
  path: string,
  subresource: string | undefined,
  hasStatus: boolean,
  kept: readonly string[] = [],
): boolean {
  if (path === 'f:metadata' || UNOWNED.includes(path)) return false;
  if (UNOWNED_METADATA.some((one) => isWithin(path, one))) return false;
  if (isWithin(path, 'f:metadata'))
    return subresource !== 'status' || !kept.some((field) => isWithin(path, step('f:metadata', `f:${field}`)));
  return subresource === 'status' ? isWithin(path, 'f:status') : !hasStatus || !isWithin(path, 'f:status');
}
