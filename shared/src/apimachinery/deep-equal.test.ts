import { expect, it } from 'vitest';
import { deepEqual } from './deep-equal.ts';

it.each([
  ['the same order aside', { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, true],
  ['undefined is absent', { a: 1, b: undefined }, { a: 1 }, true],
  ['undefined is absent on the right', { a: 1 }, { a: 1, b: undefined }, true],
  ['one key more', { a: 1 }, { a: 1, b: 2 }, false],
  ['one key less', { a: 1, b: 2 }, { a: 1 }, false],
  ['null is not absent', { a: null }, {}, false],
  ['an empty list is not absent', { a: [] }, {}, false],
  ['list order matters', [1, 2], [2, 1], false],
  ['a list is not an object', [], {}, false],
  ['a prefix of a list', [1], [1, 2], false],
])('%s', (_, a, b, equal) => {
  expect(deepEqual(a, b)).toBe(equal);
  expect(deepEqual(b, a)).toBe(equal);
});
