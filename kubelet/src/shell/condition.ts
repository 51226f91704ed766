import type { Process } from '../container/process.ts';
import type { ConditionToken } from './ast.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { Expander } from './expand.ts';
import { expandPattern, expandText } from './expand.ts';
import { matchesPattern } from './pattern.ts';
import { ShellError } from './shell-state.ts';
import { binaryTest, TestError, unaryTest } from './test-expression.ts';

/*
 * bash's [[ ]] :
 *
 *   or      = and { '||' and }
 *   and     = not { '&&' not }
 *   not     = '!' not | '(' or ')' | '-f' word | word operator word | word
 *
 * Words are not split; the right side of = == != is a pattern, that of =~ an extended regular expression.
 */

/** Status 0 or 1. Both sides of && and || are evaluated only where needed. */
export async function evaluateCondition(
  tokens: readonly ConditionToken[],
  expander: Expander,
  process: Process,
): Promise<number> {
  let at = 0;
  const fail = (): never => {
    throw new ShellError('syntax error in conditional expression');
  };
  const operator = (...names: string[]): string | undefined => {
    const token = tokens[at];
    return token !== undefined && 'operator' in token && names.includes(token.operator) ? token.operator : undefined;
  };
  const word = () => {
    const token = tokens[at++];
    return token !== undefined && 'word' in token ? token.word : fail();
  };
  const literal = (index: number): string | undefined => {
    const token = tokens[index];
    const part =
      token !== undefined && 'word' in token && token.word.parts.length === 1 ? token.word.parts[0] : undefined;
    return part?.type === 'literal' && !part.quoted ? part.text : undefined;
  };
  const not = async (evaluates: boolean): Promise<boolean> => {
    if (operator('!') !== undefined) {
      at++;
      return !(await not(evaluates));
    }
    if (operator('(') !== undefined) {
      at++;
      const value = await or(evaluates);
      if (operator(')') === undefined) fail();
      at++;
      return value;
    }
    const first = literal(at);
    if (first !== undefined && /^-[a-zA-Z]$/.test(first) && tokens[at + 1] !== undefined && 'word' in tokens[at + 1]!) {
      at++;
      const operand = await text(word(), evaluates);
      if (first === '-v') return expander.state.get(operand) !== undefined;
      return unaryTest(first, operand, process, expander.state.cwd);
    }
    const left = word();
    const comparison =
      operator('=', '==', '!=', '=~', '<', '>') ?? /^-(eq|ne|lt|le|gt|ge|nt|ot|ef)$/.exec(literal(at) ?? '')?.[0];
    if (comparison === undefined) return (await text(left, evaluates)) !== '';
    at++;
    const right = word();
    if (!evaluates) return false;
    const value = await expandText(left, expander);
    switch (comparison) {
      case '=':
      case '==':
        return matchesPattern(await expandPattern(right, expander), value);
      case '!=':
        return !matchesPattern(await expandPattern(right, expander), value);
      case '=~':
        return matchRegularExpression(value, await expandText(right, expander));
      case '-eq':
      case '-ne':
      case '-lt':
      case '-le':
      case '-gt':
      case '-ge': {
        const number = (source: string): string => String(evaluateArithmetic(source, expander.state));
        return binaryTest(
          number(value),
          comparison,
          number(await expandText(right, expander)),
          process,
          expander.state.cwd,
        );
      }
      default:
        return binaryTest(value, comparison, await expandText(right, expander), process, expander.state.cwd);
    }
  };
  const text = async (source: ReturnType<typeof word>, evaluates: boolean): Promise<string> =>
    evaluates ? expandText(source, expander) : '';
  const and = async (evaluates: boolean): Promise<boolean> => {
    let value = await not(evaluates);
    while (operator('&&') !== undefined) {
      at++;
      const right = await not(evaluates && value);
      value = value && right;
    }
    return value;
  };
  const or = async (evaluates: boolean): Promise<boolean> => {
    let value = await and(evaluates);
    while (operator('||') !== undefined) {
      at++;
      const right = await and(evaluates && !value);
      value = value || right;
    }
    return value;
  };
  try {
    const value = await or(true);
    if (at < tokens.length) fail();
    return value ? 0 : 1;
  } catch (error) {
    if (error instanceof TestError) throw new ShellError(error.message);
    throw error;
  }

  function matchRegularExpression(value: string, source: string): boolean {
    let found;
    try {
      found = new RegExp(source, 'u').exec(value);
    } catch {
      throw new ShellError(`invalid regular expression: ${source}`);
    }
    if (found === null) return false;
    // Simplified: bash's BASH_REMATCH is an array; here BASH_REMATCH is the whole match and BASH_REMATCH_n the groups.
    for (const [i, group] of found.entries())
      expander.state.set(i === 0 ? 'BASH_REMATCH' : `BASH_REMATCH_${i}`, group ?? '');
    return true;
  }
}
