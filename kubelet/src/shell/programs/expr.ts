import type { Program } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';
import { UsageError } from '../command.ts';
import { posixRegExp } from '../regular-expression.ts';

/** `expr a op b ...`: numbers, comparison, `:`, `|`, `&`, length, substr, index. */
export const expr: Program = async (process) => {
  const words = process.argv.slice(1);
  let at = 0;
  const isNumber = (text: string): boolean => /^-?\d+$/.test(text);
  const number = (text: string): bigint => {
    if (!isNumber(text)) throw new UsageError('non-numeric argument', 2);
    return BigInt(text);
  };
  const primary = (): string => {
    const word = words[at++];
    if (word === undefined) throw new UsageError('syntax error', 2);
    if (word === '(') {
      const value = level(0);
      if (words[at++] !== ')') throw new UsageError('syntax error', 2);
      return value;
    }
    if (word === 'length' && words[at] !== undefined) return String(primary().length);
    if (word === 'substr' && words[at] !== undefined) {
      const text = primary();
      const start = Number(primary());
      return text.substr(start - 1, Number(primary()));
    }
    return word;
  };
  const levels: readonly (readonly string[])[] = [
    ['|'],
    ['&'],
    ['=', '==', '!=', '<', '<=', '>', '>='],
    ['+', '-'],
    ['*', '/', '%'],
    [':'],
  ];
  const apply = (left: string, operator: string, right: string): string => {
    const isNull = (text: string): boolean => text === '' || /^-?0+$/.test(text);
    if (operator === '|') return isNull(left) ? (isNull(right) ? '0' : right) : left;
    if (operator === '&') return isNull(left) || isNull(right) ? '0' : left;
    if (operator === ':') {
      const found = new RegExp(`^(?:${posixRegExp(right.replace(/^\^/, ''), 'basic')})`).exec(left);
      return found === null
        ? /\\\(/.test(right)
          ? ''
          : '0'
        : found.length > 1
          ? (found[1] ?? '')
          : String(found[0].length);
    }
    if (/^[=!<>]/.test(operator)) {
      const numeric = isNumber(left) && isNumber(right);
      const order = numeric ? Number(BigInt(left) - BigInt(right)) : left < right ? -1 : left > right ? 1 : 0;
      const verdict = {
        '=': order === 0,
        '==': order === 0,
        '!=': order !== 0,
        '<': order < 0,
        '<=': order <= 0,
        '>': order > 0,
        '>=': order >= 0,
      }[operator];
      return verdict === true ? '1' : '0';
    }
    const [a, b] = [number(left), number(right)];
    if ((operator === '/' || operator === '%') && b === 0n) throw new UsageError('division by zero', 2);
    return String(
      operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : a % b,
    );
  };
  const level = (depth: number): string => {
    if (depth === levels.length) return primary();
    let value = level(depth + 1);
    while (words[at] !== undefined && levels[depth]!.includes(words[at]!))
      value = apply(value, words[at++]!, level(depth + 1));
    return value;
  };
  try {
    const value = level(0);
    if (at < words.length) throw new UsageError('syntax error', 2);
    await write(process, `${value}\n`);
    return value === '' || /^-?0+$/.test(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await complain(process, error.message);
    return error.exitCode;
  }
};
