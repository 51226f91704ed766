import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepEqual } from './deep-equal.ts';
import { shareParts } from './share-parts.ts';

describe('shareParts', () => {
  it('answers with the old value where nothing has changed', () => {
    const old = { metadata: { name: 'web', labels: { app: 'web' } }, spec: { containers: [{ name: 'c' }] } };
    expect(shareParts(old, structuredClone(old))).toBe(old);
    expect(shareParts(old, { ...structuredClone(old), status: undefined })).toBe(old);
  });

  it('takes what is the same from the old value, and leaves the new one as it is', () => {
    const old = { spec: { tolerations: [{ key: 'a' }, { key: 'b' }] }, status: { phase: 'Pending' } };
    const next = { spec: { tolerations: [{ key: 'a' }, { key: 'c' }] }, status: { phase: 'Pending' } };
    const before = structuredClone(next);
    const shared = shareParts(old, next);
    expect(shared).toEqual(before);
    expect(shared.status).toBe(old.status);
    expect(shared.spec.tolerations[0]).toBe(old.spec.tolerations[0]);
    expect(next).toEqual(before);
    expect(next.status).not.toBe(old.status);
  });

  it.each([
    ['a member that went', { a: 1, b: 2 }, { a: 1 }],
    ['an element that went', [1, 2], [1]],
    ['a list that became an object', [], {}],
    ['null', { a: {} }, { a: null }],
  ])('knows %s', (_what, old, next) => {
    expect(shareParts<unknown>(old, next)).toStrictEqual(next);
  });

  it('means what the new value means, whatever the old one was', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const pair = fc.oneof(
      fc.tuple(json, json),
      json.map((value) => [value, structuredClone(value)] as const),
      fc.tuple(fc.array(json), fc.array(json)).map(([a, b]) => [[...a, ...b], structuredClone(a)] as const),
      fc
        .tuple(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json))
        .map(([a, b]) => [a, { ...a, ...b }] as const),
    );
    fc.assert(
      fc.property(pair, ([old, next]) => {
        const [oldBefore, nextBefore] = [structuredClone(old), structuredClone(next)];
        const shared = shareParts(old, next);
        expect(shared).toEqual(nextBefore);
        expect(shared === old).toBe(deepEqual(old, next));
        expect([old, next]).toEqual([oldBefore, nextBefore]);
      }),
      { numRuns: 500 },
    );
  });
});
