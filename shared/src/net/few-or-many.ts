/**
 * Collections that nearly always hold a handful, of which there is one in every pod or container, and which must not be slow where somebody
 * makes them hold tens of thousands: bare lists as long as they are short, and after that what finds its members at once. The order is
 * that of addition.
 */

/** More than any sane pod has of anything. */
const FEW = 16;

/** Things, each once. */
export type FewOrMany<T> = readonly T[] | Set<T>;

/** The collection with one more. A large one is changed in place: only its keeper may hold it. */
export function withOne<T>(held: FewOrMany<T>, thing: T): FewOrMany<T> {
  if (held instanceof Set) return held.add(thing);
  return held.length < FEW ? held.concat([thing]) : new Set([...held, thing]);
}

/** The collection without a thing. */
export function withoutOne<T>(held: FewOrMany<T>, thing: T): FewOrMany<T> {
  if (!(held instanceof Set)) return held.filter((one) => one !== thing);
  held.delete(thing);
  return held;
}

/** Things by a text that each of them has. */
export type FewOrManyBy<T> = readonly T[] | Map<string, T>;

export function findBy<T>(held: FewOrManyBy<T>, key: string, keyOf: (thing: T) => string): T | undefined {
  return held instanceof Map ? held.get(key) : held.find((one) => keyOf(one) === key);
}

/** The collection with a thing, which takes the place of the one with the same key. A large one is changed in place. */
export function withOneBy<T>(held: FewOrManyBy<T>, thing: T, keyOf: (thing: T) => string): FewOrManyBy<T> {
  const key = keyOf(thing);
  if (held instanceof Map) return held.set(key, thing);
  const index = held.findIndex((one) => keyOf(one) === key);
  if (index >= 0) return held.with(index, thing);
  return held.length < FEW ? held.concat([thing]) : new Map([...held, thing].map((one) => [keyOf(one), one]));
}

export const valuesOf = <T>(held: FewOrManyBy<T>): Iterable<T> => (held instanceof Map ? held.values() : held);
