import { expect, test } from 'vitest';
import { isTooLargeToStore } from './stored-size.ts';

const isTooLarge = (value: object): boolean => isTooLargeToStore(JSON.stringify(value), value);
const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** What a real API server took and did not take. */
test.each([
  ['8,000 containers', 8000, false],
  ['60,000 containers', 60_000, true],
])('a pod of %s', (_, count, expected) => {
  const container = (i: number): object => ({
    name: `c${i}`,
    image: 'a',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'Always',
  });
  expect(isTooLarge({ kind: 'Pod', spec: { containers: many(count, container) } })).toBe(expected);
});

test('the keys of a map count, the names of fields do not', () => {
  const keys = (count: number): object => Object.fromEntries(many(count, (i) => [`key-${i}-${'x'.repeat(100)}`, '']));
  expect(isTooLarge({ kind: 'ConfigMap', data: keys(10_000) })).toBe(false);
  expect(isTooLarge({ kind: 'ConfigMap', data: keys(15_000) })).toBe(true);
  expect(isTooLarge({ kind: 'ConfigMap', fields: keys(15_000) })).toBe(false);
});
