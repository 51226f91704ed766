import { describeMismatches, mismatches } from '../assertion.ts';
import { fillIn, type Bindings } from '../expression.ts';
import type { CountExpectation, Output, TextExpectation } from '../scenario.ts';
import { OperationFailure } from './operation-context.ts';

/** Why a text is not as expected, as lines; none where it is. A newline at the end does not count. */
export function textProblems(
  what: string,
  expected: TextExpectation | undefined,
  actual: string,
  bindings: Bindings,
): string[] {
  if (expected === undefined) return [];
  const text = actual.replace(/\n$/, '');
  return Object.entries(typeof expected === 'string' ? { equals: expected } : expected).flatMap(([how, written]) => {
    const value = fillIn(written, bindings);
    if (typeof value === 'object')
      return [
        what,
        `  expected ${written}, an expression that gives ${JSON.stringify(value)}; as a text it is \\${written}\\`,
      ];
    const part = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\n$/, '');
    switch (how) {
      case 'equals':
        return text === part ? [] : [what, `  expected ${JSON.stringify(part)}`, `  actual   ${JSON.stringify(text)}`];
      case 'contains':
        return text.includes(part)
          ? []
          : [what, `  expected to contain ${JSON.stringify(part)}`, `  actual   ${JSON.stringify(text)}`];
      case 'lacks':
        return text.includes(part)
          ? [what, `  expected to lack ${JSON.stringify(part)}`, `  actual   ${JSON.stringify(text)}`]
          : [];
      default:
        return new RegExp(part).test(text)
          ? []
          : [what, `  expected to match /${part}/`, `  actual   ${JSON.stringify(text)}`];
    }
  });
}

export function countProblems(what: string, expected: CountExpectation | undefined, actual: number): string[] {
  if (expected === undefined) return [];
  const { atLeast = -Infinity, atMost = Infinity } =
    typeof expected === 'number' ? { atLeast: expected, atMost: expected } : expected;
  if (actual >= atLeast && actual <= atMost) return [];
  const bounds = [
    ...(atLeast === -Infinity ? [] : [`at least ${atLeast}`]),
    ...(atMost === Infinity ? [] : [`at most ${atMost}`]),
  ];
  return [what, `  expected ${atLeast === atMost ? atLeast : bounds.join(' and ')}`, `  actual   ${actual}`];
}

/** Throws an OperationFailure with the lines, where there are any. */
export function failOn(message: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new OperationFailure(message, problems);
}

/** Throws where a `check` tree does not hold of a value. */
export function check(what: string, tree: unknown, value: unknown, bindings: Bindings): void {
  if (tree !== undefined) failOn(`${what} is not as checked`, describeMismatches(mismatches(tree, value, bindings)));
}

/** The bindings that `outputs` make of a value; those with a `match` only where it holds. */
export function outputsOf(outputs: readonly Output[] | undefined, value: unknown, bindings: Bindings): Bindings {
  let made: Bindings = {};
  for (const { name, value: tree, match } of outputs ?? []) {
    if (match !== undefined && mismatches(match, value, bindings).length > 0) continue;
    made = { ...made, [name]: fillIn(tree, { ...bindings, ...made }, value) };
  }
  return made;
}
