import { compile, tokenize } from '@jmespath-community/jmespath';
import type { Surroundings } from './functions/scenario-function.ts';
import { interpret, unknownFunction, UnansweredQuestion, type Program } from './interpreter.ts';

/** Under this, bindings carry the cluster's time and chance to the functions that ask for them; no expression can name it. */
export const SURROUNDINGS = Symbol('surroundings');

/** Values by name; the name stands in expressions with a `$` before it. */
export type Bindings = Readonly<Record<string, unknown>> & { readonly [SURROUNDINGS]?: Surroundings };

/** An expression that cannot be read or evaluated; the message says which and why. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/**
 * The value of a JMESPath expression (the community edition: arithmetic, `let`, lexical scopes) over a value, with bindings and Chainsaw's
 * functions. Numbers may stand bare (`replicas > 3`), which Chainsaw does not know. What is not there is null. Throws ExpressionError
 * (and, within askingCluster, UnansweredQuestion).
 */
export function evaluate(expression: string, value: unknown, bindings: Bindings): unknown {
  try {
    return interpret(compiled(expression), value, bindings, bindings[SURROUNDINGS]);
  } catch (error) {
    if (error instanceof UnansweredQuestion) throw error;
    throw new ExpressionError(`(${expression}): ${whyNot(error, bindings)}`, { cause: error });
  }
}

function whyNot(error: unknown, bindings: Bindings): string {
  const why = error instanceof Error ? error.message : String(error);
  const unbound = /undefined variable (\w+)/.exec(why)?.[1];
  if (unbound !== undefined) {
    const known = Object.keys(bindings).map((name) => `$${name}`);
    return `there is no binding $${unbound}; bound are: ${known.join(', ') || 'none'}`;
  }
  return why;
}

/** Why an expression can never be evaluated, whatever it is evaluated over; undefined where it may be. */
export function mistakeIn(expression: string): string | undefined {
  try {
    compiled(expression);
    return undefined;
  } catch (error) {
    return `(${expression}): ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The text inside the parentheses where a string is an expression: `(replicas > 3)`; undefined for other strings. */
export const expressionIn = (text: string): string | undefined =>
  text.length > 2 && text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : undefined;

/** A string without what keeps it from being an expression: `\(literal)\` is `(literal)`. */
export const unescaped = (text: string): string =>
  text.startsWith('\\') && text.endsWith('\\') && text.length > 1 ? text.slice(1, -1) : text;

/** A tree with every string that is an expression, key or value, replaced by its value over `over`. Throws ExpressionError. */
export function fillIn(tree: unknown, bindings: Bindings, over: unknown = null): unknown {
  if (typeof tree === 'string') {
    const expression = expressionIn(tree);
    return expression === undefined ? unescaped(tree) : evaluate(expression, over, bindings);
  }
  if (Array.isArray(tree)) return tree.map((item) => fillIn(item, bindings, over));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [String(fillIn(key, bindings, over)), fillIn(value, bindings, over)]),
  );
}

const programs = new Map<string, Program>();

function compiled(expression: string): Program {
  let program = programs.get(expression);
  if (program === undefined) {
    program = compile(withLiteralNumbers(statementOf(expression)));
    const unknown = unknownFunction(program);
    if (unknown !== undefined)
      throw new Error(`there is no function ${unknown}(); docs/scenarios.md lists those that there are`);
    programs.set(expression, program);
  }
  return program;
}

/** Without the name of the language that may stand before it: `(jp; replicas)`. */
function statementOf(expression: string): string {
  const [whole, language] = /^(\w+);/.exec(expression) ?? [];
  if (whole === undefined) return expression;
  if (language === 'jp') return expression.slice(whole.length);
  throw new Error(`the language ${language} is not spoken here: write the expression in JMESPath, without "${whole}"`);
}

/** JMESPath has bare numbers only as indexes and in slices (`[0]`, `[1:2]`); all others are put in the backticks of a literal. */
function withLiteralNumbers(expression: string): string {
  const tokens = tokenize(expression);
  let text = '';
  let end = 0;
  tokens.forEach((token, at) => {
    // The digits behind a point are a token of their own.
    if (token.type !== 'Number' || token.start < end) return;
    const before = tokens[at - 1]?.type;
    const after = tokens[at + 1]?.type;
    if ((before === 'Lbracket' || before === 'Colon') && (after === 'Rbracket' || after === 'Colon')) return;
    const written = /^-?\d+(\.\d+)?/.exec(expression.slice(token.start))![0];
    text += `${expression.slice(end, token.start)}\`${written}\``;
    end = token.start + written.length;
  });
  return text + expression.slice(end);
}
