import { step, withOuter, type FieldSet } from './field-set.ts';
import { isObject, memberOf, setMember } from '../json.ts';
import { elementKey, elementType, fieldType, type ValueType } from './typed-value.ts';

/** The live value with an applied configuration laid over it: maps and keyed lists by their members, all else as a whole. */
export function mergeApplied(live: unknown, applied: unknown, type: ValueType): unknown {
  if (isObject(applied) && isObject(live) && !type.isAtomic) {
    const merged: Record<string, unknown> = { ...live };
    for (const name of Object.keys(applied)) {
      const value = applied[name];
      if (value === null || value === undefined) continue;
      setMember(merged, name, mergeApplied(memberOf(live, name), value, fieldType(type, name)));
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
export function withoutFields(value: unknown, type: ValueType, removed: FieldSet, owned: FieldSet): unknown {
  return without(value, type, '', { removed, concerned: withOuter(removed), owned: withOuter(owned) });
}

interface Removal {
  readonly removed: FieldSet;
  /** The fields that are removed, or have something removed or owned in them. */
  readonly concerned: FieldSet;
  readonly owned: FieldSet;
}

function without(value: unknown, type: ValueType, path: string, removal: Removal): unknown {
  const { removed, concerned, owned } = removal;
  if (isObject(value) && !type.isAtomic) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) => {
        const child = step(path, `f:${name}`);
        if (!concerned.has(child)) return [[name, member]];
        if (removed.has(child) && !owned.has(child)) return [];
        const rest = without(member, fieldType(type, name), child, removal);
        return isEmpty(rest) && !isEmpty(member) && !owned.has(child) ? [] : [[name, rest]];
      }),
    );
  }
  const { list } = type;
  if (!Array.isArray(value) || list.kind === 'atomic') return value;
  return (value as unknown[]).flatMap((element) => {
    const child = step(path, elementKey(list, type, element));
    if (!concerned.has(child)) return [element];
    if (removed.has(child) && !owned.has(child)) return [];
    return [without(element, elementType(type), child, removal)];
  });
}

const isEmpty = (value: unknown): boolean =>
  Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
