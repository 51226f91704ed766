import { expect, test } from 'vitest';
import type { Taint, Toleration } from '../api/core-v1.ts';
import { tolerates, toleratesTaint } from './toleration.ts';

const taint: Taint = { key: 'gpu', value: 'a100', effect: 'NoSchedule' };

const rows: readonly [string, Toleration, boolean][] = [
  ['the same key, value and effect', { key: 'gpu', value: 'a100', effect: 'NoSchedule' }, true],
  ['the same key and value for every effect', { key: 'gpu', operator: 'Equal', value: 'a100' }, true],
  ['the key, whatever its value', { key: 'gpu', operator: 'Exists' }, true],
  ['everything', { operator: 'Exists' }, true],
  ['every key of one effect', { operator: 'Exists', effect: 'NoSchedule' }, true],
  ['another effect', { operator: 'Exists', effect: 'NoExecute' }, false],
  ['another value', { key: 'gpu', value: 'h100' }, false],
  ['another key', { key: 'disk', operator: 'Exists' }, false],
  ['a value without a key', { value: 'a100' }, false],
];

test.each(rows)('a toleration of %s covers the taint: %#', (_of, toleration, covers) => {
  expect(toleratesTaint(toleration, taint)).toBe(covers);
  expect(tolerates([{ key: 'other', operator: 'Exists' }, toleration], taint)).toBe(covers);
});

test('no toleration covers no taint', () => {
  expect(tolerates(undefined, taint)).toBe(false);
});
