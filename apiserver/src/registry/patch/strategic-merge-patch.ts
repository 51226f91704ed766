import { isObject, memberOf, setMember, type Json } from '../json.ts';
import { goText } from '../schema/go-text.ts';
import type { Schema } from '../schema/facts.ts';
import { patchMeta } from './patch-meta.ts';

/**
 * A strategic merge patch: a merge patch that knows from the schema which lists are sets of scalars or of objects with a key,
 * and merges those element by element. Directives within the patch (sig-api-machinery's strategic-merge-patch.md):
 *
 * - in an object, `$patch: replace` makes the rest of it the new value, `$patch: delete` empties it;
 * - in an element of a merged list, `$patch: delete` removes the element with that key, `$patch: replace` makes the other
 *   elements of the patch the whole list;
 * - `$deleteFromPrimitiveList/FIELD: [...]` removes scalars from a list;
 * - `$setElementOrder/FIELD: [...]` gives the order of a merged list; elements that only the server knows stay between their
 *   neighbours as far as that can be;
 * - `$retainKeys: [...]` drops all members of the object but these.
 */

/** A patch that cannot be applied; the message is the real server's. */
export class StrategicMergeError extends Error {
  override readonly name = 'StrategicMergeError';
}

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_SCALARS = '$deleteFromPrimitiveList/';

/**
 * The object that a patch makes of another one. Neither is changed; the result may share parts with both.
 * Throws StrategicMergeError.
 */
export function strategicMergePatch(original: Json, patch: Json, schema: Schema | undefined): Json {
  const directive = patch[DIRECTIVE];
  if (directive !== undefined) {
    if (directive === 'delete') return {};
    if (directive === 'replace') return without(patch, DIRECTIVE);
    throw unknownDirective(directive, patch);
  }
  const merged: Record<string, unknown> = { ...retained(original, patch) };
  const ordered = new Set<string>();
  for (const name of Object.keys(patch)) {
    if (!name.startsWith(SET_ORDER)) continue;
    const field = name.slice(SET_ORDER.length);
    ordered.add(field);
    const list = orderedList(memberOf(merged, field), patch[field], patch[name], schema, field);
    if (list !== undefined) setMember(merged, field, list);
  }
  for (const name of Object.keys(patch)) {
    if (name === RETAIN_KEYS || name.startsWith(SET_ORDER) || ordered.has(name)) continue;
    const value = patch[name];
    if (name.startsWith(DELETE_SCALARS)) {
      const field = name.slice(DELETE_SCALARS.length);
      const list = memberOf(merged, field);
      if (Array.isArray(list) && Array.isArray(value)) {
        const removed = new Set(value);
        setMember(
          merged,
          field,
          list.filter((element) => !removed.has(element)),
        );
      }
    } else {
      const result = value === null ? undefined : mergedField(memberOf(merged, name), value, schema, name);
      if (result === undefined) delete merged[name];
      else setMember(merged, name, result);
    }
  }
  return merged;
}

const without = (object: Json, name: string): Json => {
  const { [name]: _, ...rest } = object;
  return rest;
};

const unknownDirective = (directive: unknown, patch: Json): StrategicMergeError =>
  new StrategicMergeError(
    `unknown patch type: ${typeof directive === 'string' ? directive : `%!s(${goType(directive)}=${goText(directive)})`} in map: ${goText(patch)}`,
  );

/** What `$retainKeys` leaves of an object. */
function retained(original: Json, patch: Json): Json {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return original;
  const wanted = new Set(Array.isArray(keys) ? keys : []);
  const isFlaw =
    !Array.isArray(keys) ||
    Object.entries(patch).some(([name, value]) => !isDirective(name) && value !== null && !wanted.has(name));
  if (isFlaw) throw new StrategicMergeError('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([name]) => wanted.has(name)));
}

const isDirective = (name: string): boolean =>
  name === RETAIN_KEYS || name.startsWith(SET_ORDER) || name.startsWith(DELETE_SCALARS);

/** The new value of a field, or undefined where the patch leaves none. */
function mergedField(original: unknown, patch: unknown, schema: Schema | undefined, field: string): unknown {
  const meta = patchMeta(schema, field);
  if (isObject(original) && isObject(patch)) return strategicMergePatch(original, patch, meta.schema);
  if (Array.isArray(original) && Array.isArray(patch)) {
    return meta.merges ? mergedList(original, patch, meta.schema, meta.mergeKey, field) : patch;
  }
  return plain(patch);
}

/** A value of the patch that has nothing to be merged with: without nulls and without what bears a directive. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).filter((element) => element !== undefined);
  if (!isObject(value)) return value;
  if (value[DIRECTIVE] !== undefined) return undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const kept = member === null ? undefined : plain(member);
      return kept === undefined ? [] : [[name, kept]];
    }),
  );
}

function mergedList(
  original: readonly unknown[],
  patch: readonly unknown[],
  schema: Schema | undefined,
  key: string | undefined,
  field: string,
): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  if (!areObjects(original, patch)) {
    const union = [...new Set([...original, ...patch])];
    return inOrder(union, patch, original, (element) => element);
  }
  if (key === undefined) throw new StrategicMergeError(`cannot merge lists without merge key for ${field}`);
  const keyOf = (element: unknown): unknown => mergeKeyOf(element as Json, key);
  const { kept, changes } = obeyed(original as Json[], patch as Json[], key);
  const union = [...kept];
  const places = ranks(union, (element) => (element as Json)[key]);
  for (const change of changes) {
    const at = places.get(keyOf(change));
    if (at !== undefined) union[at] = strategicMergePatch(union[at]!, change, schema);
    else places.set(keyOf(change), union.push(change) - 1);
  }
  return inOrder(union, changes, original, keyOf);
}

/** Does what the elements with directives ask for: what is left of the original, and the elements that are still to be merged. */
function obeyed(
  original: readonly Json[],
  patch: readonly Json[],
  key: string,
): { kept: readonly Json[]; changes: readonly Json[] } {
  const plainElements = patch.filter((element) => element[DIRECTIVE] === undefined);
  const removed = new Set<unknown>();
  let isReplaced = false;
  for (const element of patch) {
    const directive = element[DIRECTIVE];
    if (directive === undefined) continue;
    if (directive === 'delete') removed.add(mergeKeyOf(element, key));
    else if (directive === 'replace') isReplaced = true;
    else if (directive === 'merge') throw new StrategicMergeError('merging lists cannot yet be specified in the patch');
    else throw unknownDirective(directive, element);
  }
  if (isReplaced) return { kept: plainElements, changes: [] };
  return { kept: original.filter((element) => !removed.has(element[key])), changes: plainElements };
}

function mergeKeyOf(element: Json, key: string): unknown {
  const value = element[key];
  if (value === undefined)
    throw new StrategicMergeError(`map: ${goText(element)} does not contain declared merge key: ${key}`);
  return value;
}

/** All elements of both lists are objects (true) or scalars of one type (false). */
function areObjects(original: readonly unknown[], patch: readonly unknown[]): boolean {
  const types = new Set([...original, ...patch].map(goType));
  if (types.has('[]interface {}')) throw new StrategicMergeError('lists of lists are not supported');
  if (types.size > 1) {
    throw new StrategicMergeError(`list element types are not identical: ${goText([original, patch])}`);
  }
  return types.has('map[string]interface {}');
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** The list of a field whose order the patch gives; undefined where there is no such list. */
function orderedList(
  original: unknown,
  patch: unknown,
  order: unknown,
  schema: Schema | undefined,
  field: string,
): unknown {
  for (const list of [order, original, patch]) {
    if (list !== undefined && list !== null && !Array.isArray(list)) {
      throw new StrategicMergeError(`expected a []interface {}, but received a ${goType(list)}`);
    }
  }
  if (patch === null || order === null) return undefined;
  const meta = patchMeta(schema, field);
  const key = meta.mergeKey;
  const keyOf = (element: unknown): unknown =>
    key === undefined ? element : isObject(element) ? mergeKeyOf(element, key) : undefined;
  const orderList = order as unknown[];
  checkOrder(patch as unknown[] | undefined, orderList, keyOf);
  if (original === undefined && patch === undefined) return undefined;
  const before = (original ?? []) as unknown[];
  const merged =
    original === undefined
      ? (plain(patch) as unknown[])
      : ((mergedField(before, patch ?? [], schema, field) ?? []) as unknown[]);
  return inOrder(patch === undefined ? before : merged, orderList, before, keyOf);
}

/** The elements of the patch must stand in the order list, in the same order. */
function checkOrder(
  patch: readonly unknown[] | undefined,
  order: readonly unknown[],
  keyOf: (element: unknown) => unknown,
): void {
  if (patch === undefined || patch.length === 0 || order.length === 0) return;
  const wanted = patch.filter((element) => !isObject(element) || element[DIRECTIVE] === undefined).map(keyOf);
  let found = 0;
  for (const element of order) if (found < wanted.length && keyOf(element) === wanted[found]) found++;
  if (found < wanted.length) {
    throw new StrategicMergeError(
      `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`,
    );
  }
}

/**
 * A list in the order of `order`; elements that are not in it keep the order of the original list, and come before those of
 * `order` that they stood before there.
 */
function inOrder(
  list: readonly unknown[],
  order: readonly unknown[],
  original: readonly unknown[],
  keyOf: (element: unknown) => unknown,
): unknown[] {
  const rank = ranks(order, keyOf);
  const originalRank = ranks(original, keyOf);
  const byRank = (of: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    (of.get(keyOf(a)) ?? Infinity) - (of.get(keyOf(b)) ?? Infinity) || 0;
  const ordered = list.filter((element) => rank.has(keyOf(element))).toSorted(byRank(rank));
  const others = list.filter((element) => !rank.has(keyOf(element))).toSorted(byRank(originalRank));
  const out: unknown[] = [];
  let at = 0;
  for (const element of ordered) {
    const place = originalRank.get(keyOf(element));
    while (at < others.length && place !== undefined && (originalRank.get(keyOf(others[at])) ?? Infinity) < place)
      out.push(others[at++]);
    out.push(element);
  }
  return [...out, ...others.slice(at)];
}

const ranks = (list: readonly unknown[], keyOf: (element: unknown) => unknown): Map<unknown, number> => {
  const found = new Map<unknown, number>();
  list.forEach((element, index) => found.has(keyOf(element)) || found.set(keyOf(element), index));
  return found;
};
