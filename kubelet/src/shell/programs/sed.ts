import { absolutePath, readWhole, write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { posixRegExp } from '../regular-expression.ts';

/*
 * The sed that is understood:
 *
 *   script  = command { (';' | newline) command }
 *   command = [ address [ ',' address ] ] ['!'] ( 's/re/text/flags' | 'd' | 'p' | 'q' | '=' | 'y/set/set/' )
 *   address = number | '$' | '/re/'
 */

type Address = number | '$' | RegExp;

interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly run: (state: SedState) => void;
  active: boolean;
}

interface SedState {
  line: string;
  number: number;
  deleted: boolean;
  quits: boolean;
  readonly extra: string[];
}

/** `sed [-nEri] [-e script] script [files]` */
export const sed = command(
  { letters: 'nErie:f:s', long: { quiet: 'n', silent: 'n', 'regexp-extended': 'E', expression: 'e', 'in-place': 'i' } },
  async (process, options) => {
    const operands = [...options.operands];
    const scripts = [...options.all('e')];
    for (const file of options.all('f')) scripts.push((await readWhole(process, file)).toString());
    if (scripts.length === 0) {
      const script = operands.shift();
      if (script === undefined) throw new UsageError('usage: sed [-nEi] SCRIPT [FILE]...');
      scripts.push(script);
    }
    const edit = (text: string): string => {
      const commands = new SedParser(scripts.join('\n'), options.has('E', 'r') ? 'extended' : 'basic').commands();
      const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
      if (text === '') return '';
      let result = '';
      for (const [i, line] of lines.entries()) {
        const state: SedState = { line, number: i + 1, deleted: false, quits: false, extra: [] };
        for (const each of commands) {
          if (applies(each, state, i === lines.length - 1) !== each.negated) each.run(state);
          if (state.deleted || state.quits) break;
        }
        result += state.extra.join('');
        if (!state.deleted && !options.has('n'))
          result += i === lines.length - 1 && !text.endsWith('\n') ? state.line : `${state.line}\n`;
        if (state.quits) break;
      }
      return result;
    };
    if (options.has('i')) {
      for (const name of operands) {
        const path = absolutePath(process, name);
        process.files.writeFile(path, edit(process.files.readFile(path, process).toString()), { as: process });
      }
      return 0;
    }
    const parts: Buffer[] = [];
    for (const name of operands.length === 0 ? ['-'] : operands) parts.push(await readWhole(process, name));
    await write(process, edit(Buffer.concat(parts).toString()));
    return 0;
  },
);

function applies(each: SedCommand, state: SedState, last: boolean): boolean {
  const fits = (address: Address): boolean =>
    address === '$' ? last : typeof address === 'number' ? state.number === address : address.test(state.line);
  if (each.from === undefined) return true;
  if (each.to === undefined) return fits(each.from);
  if (each.active) {
    if (fits(each.to) || (typeof each.to === 'number' && state.number >= each.to)) each.active = false;
    return true;
  }
  if (!fits(each.from)) return false;
  each.active = !(typeof each.to === 'number' && state.number >= each.to);
  return true;
}

class SedParser {
  readonly #text: string;
  readonly #dialect: 'basic' | 'extended';
  #at = 0;

  constructor(text: string, dialect: 'basic' | 'extended') {
    this.#text = text;
    this.#dialect = dialect;
  }

  commands(): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      this.#match(/[\s;]*/y);
      if (this.#at >= this.#text.length) return commands;
      const from = this.#address();
      const to = from !== undefined && this.#match(/\s*,\s*/y) !== '' ? this.#address() : undefined;
      const negated = this.#match(/\s*!?\s*/y).includes('!');
      commands.push({ from, to, negated, run: this.#action(), active: false });
    }
  }

  #address(): Address | undefined {
    const number = this.#match(/\d+/y);
    if (number !== '') return Number(number);
    if (this.#match(/\$/y) !== '') return '$';
    if (this.#text[this.#at] !== '/') return undefined;
    return this.#regExp(this.#delimited('/'), '');
  }

  #action(): (state: SedState) => void {
    const name = this.#text[this.#at++];
    switch (name) {
      case 'd':
        return (state) => (state.deleted = true);
      case 'p':
        return (state) => void state.extra.push(`${state.line}\n`);
      case 'q':
        return (state) => (state.quits = true);
      case '=':
        return (state) => void state.extra.push(`${state.number}\n`);
      case 's': {
        const delimiter = this.#text[this.#at] ?? '';
        const pattern = this.#delimited(delimiter);
        this.#at--;
        const replacement = this.#delimited(delimiter);
        const flags = this.#match(/[gpiI\d]*/y);
        const expression = this.#regExp(pattern, `${/i/i.test(flags) ? 'i' : ''}g`);
        const nth = Number(/\d+/.exec(flags)?.[0] ?? 1);
        return (state) => {
          let count = 0;
          const before = state.line;
          state.line = before.replace(expression, (...found: unknown[]) => {
            count++;
            const all = String(found[0]);
            if (flags.includes('g') ? count < nth : count !== nth) return all;
            const groups = found.slice(
              1,
              found.findIndex((value) => typeof value === 'number'),
            ) as (string | undefined)[];
            return replacement.replace(/\\([\s\S])|&/g, (token, escape: string | undefined): string =>
              token === '&'
                ? all
                : /\d/.test(escape!)
                  ? escape === '0'
                    ? all
                    : (groups[Number(escape) - 1] ?? '')
                  : escape === 'n'
                    ? '\n'
                    : escape === 't'
                      ? '\t'
                      : escape!,
            );
          });
          if (flags.includes('p') && state.line !== before) state.extra.push(`${state.line}\n`);
        };
      }
      case 'y': {
        const delimiter = this.#text[this.#at] ?? '';
        const from = Array.from(this.#delimited(delimiter));
        this.#at--;
        const to = Array.from(this.#delimited(delimiter));
        return (state) =>
          (state.line = Array.from(state.line, (character) =>
            from.includes(character) ? (to[from.indexOf(character)] ?? character) : character,
          ).join(''));
      }
      default:
        throw new UsageError(`unsupported command ${name ?? ''}`);
    }
  }

  /** The text between delimiters; a delimiter with a backslash is itself. */
  #delimited(delimiter: string): string {
    let result = '';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!;
      if (character === delimiter) {
        this.#at++;
        return result;
      }
      if (character === '\\') {
        const next = this.#text[++this.#at] ?? '';
        result += next === delimiter ? next : `\\${next}`;
      } else result += character;
    }
    throw new UsageError(`unmatched '${delimiter}'`);
  }

  #regExp(source: string, flags: string): RegExp {
    try {
      return new RegExp(posixRegExp(source, this.#dialect), flags);
    } catch {
      throw new UsageError(`bad regex '${source}'`);
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
