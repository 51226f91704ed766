import { elementKey, elementType, fieldType, isObject, type Json, type ValueType } from './typed-value.ts';

/**
 * A set of fields of an object. A path is its steps as FieldsV1 spells them (`f:spec`, `k:{"name":"web"}`, `v:"x"`), joined by a
 * character that no step has.
 */
export type FieldSet = ReadonlySet<string>;

const JOINT = '\0';

/** The fields that a value has, each with its value as text: leaves, elements of keyed lists, and what is empty or atomic. */
export function fieldsOf(value: unknown, type: ValueType): Map<string, string> {
  const fields = new Map<string, string>();
  const add = (path: string, leaf: unknown): void => void fields.set(path, JSON.stringify(leaf));
  const walk = (path: string, part: unknown, of: ValueType): void => {
    if (isObject(part) && !of.isAtomic) {
      const names = Object.keys(part).filter((name) => part[name] !== null && part[name] !== undefined);
      if (names.length === 0 && path !== '') add(path, {});
      for (const name of names) walk(step(path, `f:${name}`), part[name], fieldType(of, name));
    } else if (Array.isArray(part) && of.list.kind !== 'atomic') {
      if (part.length === 0) add(path, []);
      for (const element of part) {
        const at = step(path, elementKey(of.list, of, element));
        add(at, of.list.kind === 'set' ? element : '');
        if (of.list.kind === 'map') walk(at, element, elementType(of));
      }
    } else add(path, part);
  };
  walk('', value, type);
  return fields;
}

/** The path of a part: one more step. */
export const step = (path: string, next: string): string => (path === '' ? next : path + JOINT + next);

/** True where a field is the other one or within it. */
export const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(outer + JOINT);

/** A set with all that its fields are within. */
export function withOuter(set: FieldSet): FieldSet {
  const all = new Set(set);
  for (const path of set) {
    for (let end = path.lastIndexOf(JOINT); end > 0; end = path.lastIndexOf(JOINT, end - 1))
      all.add(path.slice(0, end));
  }
  return all;
}

/** The steps of a path. */
const stepsOf = (path: string): string[] => path.split(JOINT);

/** A set as the wire has it (`metav1.FieldsV1`), members in the order of their names. */
export function toFieldsV1(set: FieldSet): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const paths = [...set].sort();
  paths.forEach((path, index) => {
    let node = root;
    for (const one of stepsOf(path)) node = (node[one] ??= {}) as Record<string, unknown>;
    // What is owned itself and has owned parts says so by a dot. In this order a field's parts follow it at once.
    const next = paths[index + 1];
    if (next !== undefined && isWithin(next, path)) node['.'] = {};
  });
  return root;
}

/** A set from the wire. */
export function fromFieldsV1(fields: unknown): Set<string> {
  const set = new Set<string>();
  const walk = (node: Json, path: string): void => {
    const names = Object.keys(node);
    if (path !== '' && (names.length === 0 || names.includes('.'))) set.add(path);
    for (const name of names) if (name !== '.' && isObject(node[name])) walk(node[name], step(path, name));
  };
  if (isObject(fields)) walk(fields, '');
  return set;
}

/** True where each member is a step: `.`, a field, a key, a value or an index. */
export const isFieldsV1 = (fields: unknown): boolean =>
  isObject(fields) &&
  Object.entries(fields).every(([name, inner]) => /^(?:\.$|[fkvi]:)/.test(name) && isFieldsV1(inner));

/** A path for people: `.spec.containers[name="web"].image`. */
export function fieldText(path: string): string {
  return stepsOf(path)
    .map((one) => {
      const rest = one.slice(2);
      if (one.startsWith('f:')) return `.${rest}`;
      if (one.startsWith('v:')) return `[=${rest}]`;
      const key = JSON.parse(rest) as Json;
      return `[${Object.entries(key)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

/** Paths in the order in which they are told: at each place its own fields first, then what is within others. */
export function inTellingOrder(paths: Iterable<string>): string[] {
  return [...paths].sort((a, b) => {
    const [left, right] = [stepsOf(a), stepsOf(b)];
    for (let i = 0; ; i++) {
      const [isLastLeft, isLastRight] = [i === left.length - 1, i === right.length - 1];
      if (left[i] === right[i] && !isLastLeft && !isLastRight) continue;
      if (isLastLeft !== isLastRight) return isLastLeft ? -1 : 1;
      return left[i]! < right[i]! ? -1 : left[i]! > right[i]! ? 1 : 0;
    }
  });
}
