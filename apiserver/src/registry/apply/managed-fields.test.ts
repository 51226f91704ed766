import type { ManagedFieldsEntry, ObjectMeta } from '@kubarium/shared';
import { describe, expect, test } from 'vitest';
import { keepOwners } from './managed-fields.ts';

const entry = (manager: string, changes: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Apply',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': { '.': {}, 'f:a': {} } },
  ...changes,
});

function ownersAfter(said: ManagedFieldsEntry[] | undefined, isSubresource = false): (string | undefined)[] {
  const draft = { name: 'a', managedFields: said } as ObjectMeta;
  keepOwners(draft, { name: 'a', managedFields: [entry('live')] } as ObjectMeta, isSubresource);
  return (draft.managedFields ?? []).map(({ manager }) => manager);
}

// As a kube-apiserver 1.35 answered the same updates.
describe('the managed fields that an update starts from', () => {
  test('are those of the live object where it says none', () => {
    expect(ownersAfter(undefined)).toEqual(['live']);
  });

  test('are those that it says', () => {
    expect(ownersAfter([entry('x'), entry('y')])).toEqual(['x', 'y']);
  });

  test('are none after an empty list, or one empty entry', () => {
    expect(ownersAfter([])).toEqual([]);
    expect(ownersAfter([{}])).toEqual([]);
  });

  test.each<[string, Partial<ManagedFieldsEntry>]>([
    ['operation', { operation: 'Foo' }],
    ['version', { apiVersion: '' }],
    ['type of fields', { fieldsType: 'Foo' }],
    ['field', { fieldsV1: { bad: {} } }],
  ])('are those of the live object where an entry has an unknown %s', (_, changes) => {
    expect(ownersAfter([entry('x'), entry('y', changes)])).toEqual(['live']);
  });

  test('are those of the live object through a subresource', () => {
    expect(ownersAfter([entry('x')], true)).toEqual(['live']);
    expect(ownersAfter([{}], true)).toEqual(['live']);
  });
});
