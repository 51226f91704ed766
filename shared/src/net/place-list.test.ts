import { expect, test } from 'vitest';
import { PlaceList } from './place-list.ts';

const thing = (name: string) => ({ name, place: -1 });

test('holds what was added and not taken out', () => {
  const list = new PlaceList<'place', ReturnType<typeof thing>>('place');
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(thing) as [Thing, Thing, Thing, Thing];
  for (const one of [a, b, c]) list.add(one);
  expect(list.delete(a)).toBe(true);
  expect(list.delete(a)).toBe(false);
  list.add(d);
  expect(list.delete(c)).toBe(true);
  expect(list.all().map(({ name }) => name)).toEqual(['d', 'b']);
});

test('knows only what is in it, whatever else notes a place in the same field', () => {
  const [one, other] = [new PlaceList<'place', Thing>('place'), new PlaceList<'place', Thing>('place')];
  const [a, b] = [thing('a'), thing('b')];
  one.add(a);
  other.add(b);
  expect(one.delete(b)).toBe(false);
  expect(other.delete(b)).toBe(true);
});

type Thing = ReturnType<typeof thing>;
