import { describe, expect, it } from 'vitest';
import { seededRandom } from './random.ts';

describe('seededRandom', () => {
  it('draws version 4 UUIDs, the same ones for the same seed', () => {
    const draw = (): string[] => {
      const random = seededRandom(7);
      return Array.from({ length: 1000 }, () => random.uuid());
    };
    const uuids = draw();
    for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(uuids).size).toBe(1000);
    expect(draw()).toEqual(uuids);
  });

  it('draws suffixes of generated names', () => {
    expect(seededRandom(7).suffix(5)).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('draws different things from the first draw on where seeds or labels are next to each other', () => {
    const generators = {
      seeds: (n: number) => seededRandom(n),
      labels: (n: number) => seededRandom(1).fork(`kubelet/node-${n}`),
    };
    for (const generator of Object.values(generators)) {
      const firsts = Array.from({ length: 1000 }, (_, n) => generator(n).integer(10));
      const counts = Array.from({ length: 10 }, (_, digit) => firsts.filter((first) => first === digit).length);
      expect(Math.min(...counts)).toBeGreaterThan(60);
      expect(Math.max(...counts)).toBeLessThan(140);
      // Two neighbours agree about as often as any two do.
      const agreeing = firsts.filter((first, n) => first === firsts[n + 1]).length;
      expect(agreeing).toBeGreaterThan(60);
      expect(agreeing).toBeLessThan(140);
    }
  });
});
