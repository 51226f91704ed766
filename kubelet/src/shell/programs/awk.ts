import { readWhole, write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { posixRegExp } from '../regular-expression.ts';

/*
 * The awk that is understood: rules `[/re/ | NR==n | END] [{ print items }]`, where an item is `$n`, `$NF`, NR, NF, a number or a
 * "text"; items side by side are joined, those after a comma are parted by OFS; and sums `{ s += $n } END { print s }`.
 */

interface Rule {
  readonly when: (record: AwkRecord) => boolean;
  readonly end: boolean;
  readonly statements: readonly string[];
}

interface AwkRecord {
  readonly line: string;
  readonly fields: readonly string[];
  readonly number: number;
}

/** `awk [-F separator] [-v name=value] program [files]`: see the top of the file. Simplified: the rest of awk is refused, exit code 2. */
export const awk = command({ letters: '+F:v:', usageExitCode: 2 }, async (process, options) => {
  const [program, ...files] = options.operands;
  if (program === undefined) throw new UsageError('usage: awk [-F SEP] PROGRAM [FILE]...');
  const variables = new Map(options.all('v').map((text) => [text.split('=')[0]!, text.slice(text.indexOf('=') + 1)]));
  const separator = options.value('F')?.replace(/^\\t$/, '\t');
  const rules = parseRules(program);
  const parts: Buffer[] = [];
  for (const name of files.length === 0 ? ['-'] : files) parts.push(await readWhole(process, name));
  const text = Buffer.concat(parts).toString();
  const lines = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  let record: AwkRecord = { line: '', fields: [], number: 0 };
  for (const [i, line] of lines.entries()) {
    const fields =
      separator === undefined || separator === ' '
        ? line.trim().split(/\s+/).filter(Boolean)
        : line.split(separator.length === 1 ? separator : new RegExp(separator));
    record = { line, fields, number: i + 1 };
    for (const rule of rules) if (!rule.end && rule.when(record)) await run(rule);
  }
  for (const rule of rules) if (rule.end) await run(rule);
  return 0;

  async function run(rule: Rule): Promise<void> {
    for (const statement of rule.statements) {
      const [, name, operator, value] = /^(\w+)\s*(\+=|=|\+\+)\s*(.*)$/.exec(statement) ?? [];
      if (name !== undefined) {
        const before = Number(variables.get(name) ?? 0);
        variables.set(
          name,
          operator === '=' ? join(value!) : String(before + (operator === '++' ? 1 : Number(join(value!)) || 0)),
        );
      } else if (/^print\b/.test(statement)) {
        const list = statement.slice(5).trim();
        await write(
          process,
          `${
            list === ''
              ? record.line
              : splitItems(list)
                  .map(join)
                  .join(variables.get('OFS') ?? ' ')
          }\n`,
        );
      } else throw new UsageError(`unsupported statement: ${statement}`);
    }
  }

  /** The values of items that stand side by side. */
  function join(source: string): string {
    let result = '';
    const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|\$(\d+|NF|\(NF-(\d+)\))|(\d+(?:\.\d+)?)|([A-Za-z_]\w*))\s*/y;
    for (let at = 0; at < source.length; at = pattern.lastIndex) {
      pattern.lastIndex = at;
      const found = pattern.exec(source);
      if (found === null) throw new UsageError(`unsupported expression: ${source}`);
      const [, quoted, field, back, number, name] = found;
      if (quoted !== undefined)
        result += quoted.replace(/\\(.)/g, (_all, escape: string) => ({ n: '\n', t: '\t' })[escape] ?? escape);
      else if (field !== undefined) {
        const index =
          field === 'NF'
            ? record.fields.length
            : back !== undefined
              ? record.fields.length - Number(back)
              : Number(field);
        result += index === 0 ? record.line : (record.fields[index - 1] ?? '');
      } else if (number !== undefined) result += number;
      else
        result +=
          name === 'NR'
            ? String(record.number)
            : name === 'NF'
              ? String(record.fields.length)
              : (variables.get(name!) ?? '');
    }
    return result;
  }
});

/** Cuts at the commas outside of quotes. */
const splitItems = (text: string): string[] => text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];

function parseRules(program: string): Rule[] {
  const rules: Rule[] = [];
  const pattern =
    /\s*(END|BEGIN|NR\s*(==|>|<|>=|<=|!=)\s*(\d+)|\/((?:[^/\\]|\\.)*)\/|\$(\d+)\s*(==|!=|~)\s*("((?:[^"\\]|\\.)*)"|\/((?:[^/\\]|\\.)*)\/|\d+))?\s*(?:\{((?:"(?:[^"\\]|\\.)*"|[^"{}])*)\})?\s*;?/y;
  for (let at = 0; program.slice(at).trim() !== ''; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const found = pattern.exec(program);
    if (found === null || found[0].trim() === '') throw new UsageError(`unsupported program: ${program.slice(at)}`);
    const [, condition, comparison, number, expression, field, test, operand, text, inner, body] = found;
    if (condition === 'BEGIN') throw new UsageError('BEGIN is not supported; use -v');
    rules.push({
      end: condition === 'END',
      statements:
        body === undefined
          ? ['print']
          : (body.match(/(?:"(?:[^"\\]|\\.)*"|[^";\n])+/g) ?? []).map((statement) => statement.trim()).filter(Boolean),
      when: (record) => {
        if (comparison !== undefined) return compare(record.number, comparison, Number(number));
        if (expression !== undefined) return new RegExp(posixRegExp(expression, 'extended')).test(record.line);
        if (field === undefined) return true;
        const value = field === '0' ? record.line : (record.fields[Number(field) - 1] ?? '');
        if (test === '~') return new RegExp(posixRegExp(inner ?? text ?? operand!, 'extended')).test(value);
        return (value === (text ?? operand)) === (test === '==');
      },
    });
  }
  return rules;
}

function compare(left: number, operator: string, right: number): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}
