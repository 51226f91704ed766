import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedMap } from './sorted-map.ts';

it('agrees with a sorted list, whatever is done to it', () => {
  const key = fc.integer({ min: 0, max: 3000 }).map((number) => `k/${number}`);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), key), { minLength: 1500, maxLength: 3000 }),
      key,
      key,
      (steps, a, b) => {
        const map = new SortedMap<string>();
        const model = new Map<string, string>();
        for (const [index, [add, name]] of steps.entries()) {
          if (add || index < 1200) {
            map.set(name, `${index}`);
            model.set(name, `${index}`);
          } else {
            map.delete(name);
            model.delete(name);
          }
        }
        const [start, end] = a < b ? [a, b] : [b, a];
        const expected = [...model.keys()].toSorted().filter((name) => name >= start && name < end);
        expect([...map.keys(start, end)]).toEqual(expected);
        expect(map.count(start, end)).toBe(expected.length);
        expect(map.size).toBe(model.size);
        expect(expected.every((name) => map.get(name) === model.get(name))).toBe(true);
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});
