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
});
