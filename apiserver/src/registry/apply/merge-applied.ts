import { isWithin, step, type FieldSet } from './field-set.ts';
import { elementKey, elementType, fieldType, isObject, type ValueType } from './typed-value.ts';

/** The live value with an applied configuration laid over it: maps and keyed lists by their members, all else as a whole. */
export function mergeApplied(live: unknown, applied: unknown, type: ValueType): unknown {
  if (isObject(applied) && isObject(live) && !type.isAtomic) {
    const merged: Record<string, unknown> = { ...live };
    for (const name of Object.keys(applied)) {
      const value = applied[name];
      if (value !== null && value !== undefined) merged[name] = mergeApplied(live[name], value, fieldType(type, name));
    }
    return merged;
  }
  const { list } = type;
  if (!Array.isArray(applied) || !Array.isArray(live) || list.kind === 'atomic') return applied;
  const keyOf = (element: unknown): string => elementKey(list, type, element);
  const wanted = new Map((applied as unknown[]).map((element) => [keyOf(element), element]));
  const known = new Set<string>();
  const kept = (live as unknown[]).map((element) => {
    const key = keyOf(element);
    known.add(key);
    return wanted.has(key) ? mergeApplied(element, wanted.get(key), elementType(type)) : element;
  });
  return [...kept, ...[...wanted].filter(([key]) => !known.has(key)).map(([, element]) => element)];
}

/**
 * The value without some fields. An element of a keyed list goes as a whole, unless somebody owns a part of it (`owned`), and so does
 * what is left empty.
 */
export function withoutFields(
  value: unknown,
  type: ValueType,
  removed: FieldSet,
  owned: FieldSet,
  path: string = '',
): unknown {
  const isOwned = (one: string): boolean => [...owned].some((other) => isWithin(other, one));
  const concerns = (one: string): boolean => [...removed].some((other) => isWithin(other, one));
  if (isObject(value) && !type.isAtomic) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) => {
        const child = step(path, `f:${name}`);
        if (!concerns(child)) return [[name, member]];
        if (removed.has(child) && !isOwned(child)) return [];
        const rest = withoutFields(member, fieldType(type, name), removed, owned, child);
        return isEmpty(rest) && !isEmpty(member) && !isOwned(child) ? [] : [[name, rest]];
      }),
    );
  }
  const { list } = type;
  if (!Array.isArray(value) || list.kind === 'atomic') return value;
  return (value as unknown[]).flatMap((element) => {
    const child = step(path, elementKey(list, type, element));
    if (!concerns(child)) return [element];
    if (removed.has(child) && !isOwned(child)) return [];
    return [withoutFields(element, elementType(type), removed, owned, child)];
  });
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
