import { expressionIn, mistakeIn } from './expression.ts';
import { partsOfKey } from './assertion.ts';

type Path = readonly (string | number)[];

export interface ExpressionMistake {
  readonly path: Path;
  readonly message: string;
}

/** Parts of operations that are no trees: what stands in them is no expression. */
const LITERAL: ReadonlySet<string> = new Set(['content', 'description']);

/** The expressions in an operation's body that can never be evaluated, each with its place. */
export function mistakesIn(body: unknown, path: Path): ExpressionMistake[] {
  if (typeof body === 'string') return ofText(body, path);
  if (typeof body !== 'object' || body === null) return [];
  if (Array.isArray(body)) return body.flatMap((item, index) => mistakesIn(item, [...path, index]));
  const isLiteral = (key: string): boolean =>
    LITERAL.has(key) || (key === 'resource' && (body as { template?: unknown }).template === false);
  return Object.entries(body).flatMap(([key, value]) =>
    isLiteral(key) ? [] : [...ofText(partsOfKey(key).rest, [...path, key]), ...mistakesIn(value, [...path, key])],
  );
}

function ofText(text: string, path: Path): ExpressionMistake[] {
  const expression = expressionIn(text);
  const message = expression === undefined ? undefined : mistakeIn(expression);
  return message === undefined ? [] : [{ path, message }];
}
