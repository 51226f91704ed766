import {
  compile,
  isRegistered,
  registerFunction,
  tokenize,
  TreeInterpreter,
  TYPE_STRING,
  type JSONValue,
} from '@jmespath-community/jmespath';

/** Values by name; the name stands in expressions with a `$` before it. */
export type Bindings = Readonly<Record<string, unknown>>;

/** An expression that cannot be read or evaluated; the message says which and why. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/**
 * The value of a JMESPath expression (the community edition: arithmetic, `let`, lexical scopes) over a value, with bindings. Numbers
 * may stand bare (`replicas > 3`), as in Chainsaw; `json_parse(text)` reads JSON. What is not there is null. Throws ExpressionError.
 */
export function evaluate(expression: string, value: unknown, bindings: Bindings): unknown {
  try {
    const interpreter = TreeInterpreter.withScope(bindings as Record<string, JSONValue>);
    // Not `search`: that begins with an empty scope.
    return interpreter.visit(compiled(expression), (value ?? null) as JSONValue) ?? null;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const unbound = /undefined variable (\w+)/.exec(why)?.[1];
    const known = Object.keys(bindings).map((name) => `$${name}`);
    throw new ExpressionError(
      unbound === undefined
        ? `(${expression}): ${why}`
        : `(${expression}): there is no binding $${unbound}; bound are: ${known.join(', ') || 'none'}`,
      { cause: error },
    );
  }
}

/** The text inside the parentheses where a string is an expression: `(replicas > 3)`; undefined for other strings. */
export const expressionIn = (text: string): string | undefined =>
  text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1) : undefined;

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

const programs = new Map<string, ReturnType<typeof compile>>();

function compiled(expression: string): ReturnType<typeof compile> {
  let program = programs.get(expression);
  if (program === undefined) {
    if (!isRegistered('json_parse')) {
      registerFunction('json_parse', ([text]) => JSON.parse(text as string) as JSONValue, [{ types: [TYPE_STRING] }]);
    }
    program = compile(withLiteralNumbers(expression));
    programs.set(expression, program);
  }
  return program;
}

/** JMESPath has bare numbers only as indexes and in slices (`[0]`, `[1:2]`); all others are put in the backticks of a literal. */
function withLiteralNumbers(expression: string): string {
  const tokens = tokenize(expression);
  let text = '';
  let end = 0;
  tokens.forEach((token, at) => {
    if (token.type !== 'Number') return;
    const before = tokens[at - 1]?.type;
    const after = tokens[at + 1]?.type;
    if ((before === 'Lbracket' || before === 'Colon') && (after === 'Rbracket' || after === 'Colon')) return;
    const written = /^-?\d+(\.\d+)?/.exec(expression.slice(token.start))![0];
    text += `${expression.slice(end, token.start)}\`${written}\``;
    end = token.start + written.length;
  });
  return text + expression.slice(end);
}
