import { describe, expect, it } from 'vitest';
import { copyJson } from './copy-json.ts';

describe('copyJson', () => {
  it.each([
    ['a text', 'a'],
    ['null', null],
    ['nested lists', [[1], [{ a: [] }]]],
    ['an object', { a: { b: { c: [1, 'x', null, true] } } }],
    ['a member named __proto__', JSON.parse('{"__proto__":{"a":{"b":1}},"c":{}}') as unknown],
  ])('is equal to %s and shares nothing with it', (_, value) => {
    const copied = copyJson(value);
    expect(copied).toStrictEqual(value);
    expect(JSON.stringify(copied)).toBe(JSON.stringify(value));
    expect(sharedParts(value, copied)).toBe(0);
  });
});

function sharedParts(a: unknown, b: unknown): number {
  if (typeof a !== 'object' || a === null) return 0;
  const below = Object.entries(a).map(([name, member]) =>
    sharedParts(member, Object.getOwnPropertyDescriptor(b, name)?.value),
  );
  return below.reduce((sum, one) => sum + one, a === b ? 1 : 0);
}
