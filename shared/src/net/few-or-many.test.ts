import { expect, test } from 'vitest';
import { findBy, type FewOrMany, type FewOrManyBy, valuesOf, withOne, withOneBy, withoutOne } from './few-or-many.ts';

test.each([3, 100])('%i things are held in their order, each once, and can be taken out', (count) => {
  let held: FewOrMany<number> = [];
  for (let i = 0; i < count; i++) held = withOne(held, i);
  held = withoutOne(held, 1);
  held = withoutOne(held, -1);
  expect([...held]).toEqual(Array.from({ length: count }, (_, i) => i).filter((i) => i !== 1));
});

test.each([3, 100])('%i things are found by their keys, and replaced by others of the same key', (count) => {
  const keyOf = ({ key }: { key: string }): string => key;
  let held: FewOrManyBy<{ key: string; value: number }> = [];
  for (let i = 0; i < count; i++) held = withOneBy(held, { key: `k${i}`, value: i }, keyOf);
  held = withOneBy(held, { key: 'k1', value: -1 }, keyOf);
  expect(findBy(held, 'k1', keyOf)).toEqual({ key: 'k1', value: -1 });
  expect(findBy(held, `k${count - 1}`, keyOf)?.value).toBe(count - 1);
  expect(findBy(held, 'k', keyOf)).toBeUndefined();
  expect([...valuesOf(held)].map(({ value }) => value)).toEqual(
    Array.from({ length: count }, (_, i) => (i === 1 ? -1 : i)),
  );
});
