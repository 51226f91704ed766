import type { Assignment, Command, List, Redirect, RedirectOperator, Word } from './ast.ts';
import { CompoundParser } from './compound-parser.ts';
import { META, ScriptCursor } from './script-cursor.ts';
import { WordParser } from './word-parser.ts';

/*
 * The grammar, after POSIX 2.10 with what people use of bash:
 *
 *   list      = and-or { (';' | '&' | newline) and-or }
 *   and-or    = pipeline { ('&&' | '||') pipeline }
 *   pipeline  = ['time'] ['!'] command { '|' command }
 *   command   = simple | compound { redirect } | name '()' compound | 'function' name compound
 *   compound  = '{' list '}' | '(' list ')' | if | for | while | until | case | '((' arithmetic '))' | '[[' condition ']]'
 *   simple    = { assignment | redirect } { word | redirect }
 *   redirect  = [digits] ('<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '&>' | '<<' | '<<-' | '<<<') word
 *   word      = { bare character | '\' any | "'" text "'" | '"' parts '"' | "$'" text "'" | expansion }
 *   expansion = '$' name | '${' ... '}' | '$(' list ')' | '`' list '`' | '$((' arithmetic '))'
 *
 * Scannerless: what a character means depends on where it stands, so there is no separate list of tokens.
 */

const CLOSING = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
const RESERVED = new Set([...CLOSING, 'if', 'for', 'in', 'while', 'until', 'case', '{', '!', 'function', '[[', 'time']);
const EMPTY_WORD: Word = { parts: [] };

/** Reads a script command by command. Throws ShellSyntaxError. */
export class Parser {
  /** Reads the words of the same script. */
  readonly words: WordParser;
  readonly #cursor: ScriptCursor;
  readonly #compounds: CompoundParser;

  constructor(script: string | ScriptCursor) {
    const cursor = typeof script === 'string' ? new ScriptCursor(script) : script;
    this.#cursor = cursor;
    this.words = new WordParser(cursor, this);
    this.#compounds = new CompoundParser(cursor, this.words, this);
  }

  get position(): number {
    return this.#cursor.position;
  }

  /** The next complete line of commands; undefined at the end of the text. */
  nextCommand(): List | undefined {
    const cursor = this.#cursor;
    cursor.skipNewlines();
    if (cursor.atEnd()) return undefined;
    const list = this.list(true);
    if (!cursor.atEnd() && cursor.peek() !== '\n') throw cursor.unexpected();
    if (cursor.atEnd()) cursor.readHereDocuments();
    else cursor.newline();
    return list;
  }

  /** The whole text at once. */
  wholeScript(): List {
    const items: List['items'][number][] = [];
    for (let next; (next = this.nextCommand()) !== undefined;) items.push(...next.items);
    return { type: 'list', items };
  }

  /** Commands up to what closes them: a reserved word, a parenthesis, the end of the line if it is to be one. */
  list(oneLine = false): List {
    const cursor = this.#cursor;
    const items: List['items'][number][] = [];
    for (;;) {
      if (oneLine) cursor.skipBlanks();
      else cursor.skipNewlines();
      if (cursor.atEnd() || cursor.peek() === ')' || (cursor.peek() === ';' && cursor.peek(1) === ';')) break;
      if (oneLine && cursor.peek() === '\n') break;
      if (CLOSING.has(cursor.peekWord())) break;
      const command = this.#andOr();
      cursor.skipBlanks();
      let background = false;
      const separator = cursor.peek();
      if (separator === '&' && cursor.peek(1) !== '&') {
        background = true;
        cursor.position++;
      } else if (separator === ';' && cursor.peek(1) !== ';') cursor.position++;
      else if (separator !== '\n') {
        items.push({ command, background });
        break;
      }
      items.push({ command, background });
    }
    return { type: 'list', items };
  }

  #andOr(): Command {
    const cursor = this.#cursor;
    let left = this.#pipeline();
    for (;;) {
      cursor.skipBlanks();
      const operator = cursor.source.slice(cursor.position, cursor.position + 2);
      if (operator !== '&&' && operator !== '||') return left;
      cursor.position += 2;
      cursor.skipNewlines();
      left = { type: operator === '&&' ? 'and' : 'or', left, right: this.#pipeline() };
    }
  }

  #pipeline(): Command {
    const cursor = this.#cursor;
    let negated = false;
    let timed = false;
    cursor.skipBlanks();
    if (cursor.takeWord('time')) timed = true;
    while (cursor.takeWord('!')) negated = !negated;
    const commands = [this.command()];
    for (;;) {
      cursor.skipBlanks();
      if (cursor.peek() !== '|' || cursor.peek(1) === '|') break;
      cursor.position++;
      let both = false;
      if (cursor.peek() === '&') {
        both = true;
        cursor.position++;
      }
      cursor.skipNewlines();
      if (both) {
        const body: List = { type: 'list', items: [{ command: commands.pop()!, background: false }] };
        commands.push({ type: 'group', body, redirects: [{ fd: 2, operator: '>&', target: literalWord('1') }] });
      }
      commands.push(this.command());
    }
    return commands.length === 1 && !negated && !timed ? commands[0]! : { type: 'pipeline', commands, negated, timed };
  }

  /** One command. */
  command(): Command {
    return this.#cursor.nested(() => this.#command());
  }

  #command(): Command {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.peek() === '(') {
      if (cursor.peek(1) === '(') {
        const arithmetic = this.#compounds.arithmetic();
        if (arithmetic !== undefined) return arithmetic;
      }
      cursor.position++;
      const body = this.list();
      cursor.skipNewlines();
      if (cursor.peek() !== ')' || body.items.length === 0) throw cursor.unexpected(')');
      cursor.position++;
      return { type: 'subshell', body, redirects: this.redirects() };
    }
    const word = cursor.peekWord();
    if (RESERVED.has(word)) return this.#compounds.compound(word);
    const definition = /[A-Za-z_][A-Za-z0-9_-]*[ \t]*\([ \t]*\)/y;
    definition.lastIndex = cursor.position;
    const header = definition.exec(cursor.source);
    if (header !== null) {
      cursor.position = definition.lastIndex;
      cursor.skipNewlines();
      return { type: 'function', name: header[0].replace(/[ \t]*\(.*/, ''), body: this.command() };
    }
    return this.simple();
  }

  /** A command without a reserved word. */
  simple(): Command {
    const cursor = this.#cursor;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      cursor.skipBlanks();
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      if (cursor.atEnd() || META.has(cursor.peek())) break;
      const assignment = words.length === 0 ? /([A-Za-z_][A-Za-z0-9_]*)(\+?)=/y : undefined;
      if (assignment !== undefined) {
        assignment.lastIndex = cursor.position;
        const found = assignment.exec(cursor.source);
        if (found !== null) {
          cursor.position = assignment.lastIndex;
          const value = cursor.atEnd() || META.has(cursor.peek()) ? EMPTY_WORD : this.words.word();
          assignments.push({ name: found[1]!, append: found[2] === '+', value });
          continue;
        }
      }
      words.push(this.words.word());
    }
    if (assignments.length + words.length + redirects.length === 0) throw cursor.unexpected();
    return { type: 'simple', assignments, words, redirects };
  }

  /** The redirections behind a compound command. */
  redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.#cursor.skipBlanks();
      const redirect = this.#redirect();
      if (redirect === undefined) return redirects;
      redirects.push(redirect);
    }
  }

  #redirect(): Redirect | undefined {
    const cursor = this.#cursor;
    const pattern = /(\d*)(<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)|(&>>?)/y;
    pattern.lastIndex = cursor.position;
    const found = pattern.exec(cursor.source);
    if (found === null) return undefined;
    cursor.position = pattern.lastIndex;
    const operator = found[2] ?? found[3]!;
    const fd = found[1] === undefined || found[1] === '' ? undefined : Number(found[1]);
    cursor.skipBlanks();
    if (cursor.atEnd() || META.has(cursor.peek())) throw cursor.unexpected();
    if (operator === '<<' || operator === '<<-') {
      const redirect: Redirect = { fd, operator: '<<', target: EMPTY_WORD };
      const start = cursor.position;
      const delimiter = this.words
        .word()
        .parts.map((part) => (part.type === 'literal' ? part.text : ''))
        .join('');
      const quoted = /['"\\]/.test(cursor.source.slice(start, cursor.position));
      const take = (body: string): void => {
        redirect.target = quoted
          ? { parts: [{ type: 'literal', text: body, quoted: true }] }
          : new Parser(body).words.unquotedRest();
      };
      cursor.awaitHereDocument({ delimiter, stripTabs: operator === '<<-', take });
      return redirect;
    }
    return { fd, operator: operator as RedirectOperator, target: this.words.word() };
  }

  /** The list of `$( )`, and the parenthesis that closes it. */
  substituted(): List {
    const cursor = this.#cursor;
    return cursor.nested(() =>
      cursor.withOwnHereDocuments(() => {
        const body = this.list();
        cursor.skipNewlines();
        if (cursor.peek() !== ')') throw cursor.unexpected(')');
        cursor.position++;
        return body;
      }),
    );
  }

  /** A parser of a text that stands inside the script, as between backticks. */
  inside(text: string): Parser {
    return new Parser(this.#cursor.inside(text));
  }
}

const literalWord = (text: string): Word => ({ parts: [{ type: 'literal', text, quoted: false }] });
