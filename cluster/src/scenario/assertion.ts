import { deepEqual } from '@kubarium/shared';
import { evaluate, ExpressionError, expressionIn, unescaped, type Bindings } from './expression.ts';

/** One place where an object is not as asserted. */
export interface Mismatch {
  /** From the object's root: `spec.containers[0].image`, `status.(conditions[?type=='Ready'])[0].status`. */
  readonly path: string;
  readonly expected: unknown;
  /** Undefined where there is nothing. */
  readonly actual: unknown;
  /** Where more is to be said than that the values differ. */
  readonly reason?: string | undefined;
}

/**
 * Where an object differs from a partial one, in Chainsaw's meaning (kyverno-json's assertion trees); empty where it matches:
 *
 * 1. Of a map, each asserted key must match; others do not matter. `{}` matches whatever is there.
 * 2. Of a list, each asserted item must match the one at its index, and there must be as many.
 * 3. A scalar must be equal. A text `(expression)` is first evaluated with the actual value as `@`; where it brings a map or a list, that
 *    is matched by 1 and 2 with all in it literal. `\(text)\` is a literal text.
 * 4. A key `(expression)` is evaluated with the actual map as `@`, and its value must match.
 * 5. A key `~.key` or `~name.(expression)` asserts the same of each item of a list, or of each value of a map; `name` binds the item's
 *    index or key. A key `(expression)->name` binds the value for what is below it.
 */
export function mismatches(expected: unknown, actual: unknown, bindings: Bindings, path = ''): Mismatch[] {
  try {
    if (Array.isArray(expected)) return ofList(expected, actual, bindings, path);
    if (typeof expected === 'object' && expected !== null) return ofMap(expected, actual, bindings, path);
    return ofScalar(expected, actual, bindings, path);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path, expected, actual, reason: error.message }];
  }
}

function ofScalar(expected: unknown, actual: unknown, bindings: Bindings, path: string): Mismatch[] {
  let wanted = expected;
  if (typeof expected === 'string') {
    const expression = expressionIn(expected);
    wanted = expression === undefined ? unescaped(expected) : evaluate(expression, actual, bindings);
  }
  if (wanted === null && (actual === undefined || actual === null)) return [];
  return matches(wanted, actual) ? [] : [{ path, expected: wanted, actual }];
}

/** What an expression brought: its own texts are no expressions. */
function matches(wanted: unknown, actual: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return deepEqual(wanted, actual);
  if (typeof actual !== 'object' || actual === null || Array.isArray(wanted) !== Array.isArray(actual)) return false;
  if (Array.isArray(wanted) && wanted.length !== (actual as readonly unknown[]).length) return false;
  return Object.entries(wanted).every(
    ([key, value]) => Object.hasOwn(actual, key) && matches(value, (actual as Readonly<Record<string, unknown>>)[key]),
  );
}

function ofList(expected: readonly unknown[], actual: unknown, bindings: Bindings, path: string): Mismatch[] {
  if (!Array.isArray(actual)) return [{ path, expected, actual, reason: 'expected a list' }];
  if (expected.length !== actual.length) {
    const reason = `expected ${expected.length} ${expected.length === 1 ? 'item' : 'items'}, not ${actual.length}`;
    return [{ path, expected, actual, reason }];
  }
  return expected.flatMap((item, index) => mismatches(item, actual[index], bindings, `${path}[${index}]`));
}

interface KeyParts {
  /** The name that binds each index (empty: none), where the key asserts of each item. */
  readonly each?: string;
  readonly rest: string;
  /** What binds the value. */
  readonly name?: string;
}

/** A key of an assertion, taken apart: `~each.rest->name`. */
export const partsOfKey = (key: string): KeyParts =>
  /^(?:~(?<each>\w*)\.)?(?<rest>.*?)(?:->\s*(?<name>\w+))?$/s.exec(key)!.groups as unknown as KeyParts;

function ofMap(expected: object, actual: unknown, bindings: Bindings, path: string): Mismatch[] {
  const entries = Object.entries(expected);
  if (entries.length === 0 && (actual === undefined || actual === null)) {
    return [{ path, expected, actual, reason: 'expected anything but null' }];
  }
  return entries.flatMap(([key, wanted]) => {
    const { each, rest, name } = partsOfKey(key);
    const expression = expressionIn(rest);
    const place = `${path}${path === '' ? '' : '.'}${rest}`;
    if (expression === undefined && (typeof actual !== 'object' || actual === null)) {
      return wanted === null ? [] : [{ path: place, expected: wanted, actual: undefined }];
    }
    const value =
      expression === undefined
        ? (actual as Readonly<Record<string, unknown>>)[unescaped(rest)]
        : evaluate(expression, actual, bindings);
    const inner = name === undefined ? bindings : { ...bindings, [name]: value };
    if (each === undefined) return mismatches(wanted, value, inner, place);
    if (typeof value !== 'object' || value === null) {
      return [
        { path: place, expected: wanted, actual: value, reason: 'expected a list or a map to look at each item of' },
      ];
    }
    return Object.entries(value).flatMap(([index, item]) => {
      const position = Array.isArray(value) ? Number(index) : index;
      const itemBindings = each === '' ? inner : { ...inner, [each]: position };
      return mismatches(wanted, item, itemBindings, Array.isArray(value) ? `${place}[${index}]` : `${place}.${index}`);
    });
  });
}

/** Mismatches as lines for people, the deepest place first named, with both values. */
export const describeMismatches = (list: readonly Mismatch[]): string[] =>
  list.flatMap(({ path, expected, actual, reason }) => [
    `${path === '' ? '(the whole value)' : path}${reason === undefined ? '' : `: ${reason}`}`,
    `  expected ${brief(expected)}`,
    `  actual   ${actual === undefined ? 'nothing' : brief(actual)}`,
  ]);

const LONGEST = 600;

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}
