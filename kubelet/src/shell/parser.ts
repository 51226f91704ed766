import type {
  Assignment,
  Command,
  ConditionToken,
  List,
  ParameterOperator,
  Redirect,
  RedirectOperator,
  Word,
  WordPart,
} from './ast.ts';

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

/** What is wrong with a script, as the shell says it. */
export class ShellSyntaxError extends Error {
  override readonly name = 'ShellSyntaxError';
  /** The text may become right with more lines. */
  readonly incomplete: boolean;

  constructor(message: string, incomplete = false) {
    super(message);
    this.incomplete = incomplete;
  }
}

const RESERVED = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'for',
  'in',
  'do',
  'done',
  'while',
  'until',
  'case',
  'esac',
  '{',
  '}',
  '!',
  'function',
  '[[',
  'time',
]);
const CLOSING = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
const META = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']);
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPECIAL = /[@*#?$!0-9-]/y;
/** Deeper nesting is a mistake or an attack; it must not overflow the host's stack. */
const MAX_DEPTH = 200;

interface PendingHereDocument {
  readonly redirect: Redirect;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

/** Reads a script command by command. Throws ShellSyntaxError. */
export class Parser {
  readonly #source: string;
  #pos: number;
  #depth = 0;
  #hereDocuments: PendingHereDocument[] = [];

  constructor(source: string, position = 0) {
    this.#source = source;
    this.#pos = position;
  }

  get position(): number {
    return this.#pos;
  }

  /** The next complete line of commands; undefined at the end of the text. */
  nextCommand(): List | undefined {
    this.#skipNewlines();
    if (this.#atEnd()) return undefined;
    const list = this.#list(true);
    if (!this.#atEnd() && this.#peek() !== '\n') throw this.#unexpected();
    if (!this.#atEnd()) this.#newline();
    else if (this.#hereDocuments.length > 0) this.#readHereDocuments();
    return list;
  }

  /** The whole text at once. */
  wholeScript(): List {
    const items: List['items'][number][] = [];
    for (let next; (next = this.nextCommand()) !== undefined;) items.push(...next.items);
    return { type: 'list', items };
  }

  #list(oneLine = false): List {
    const items: List['items'][number][] = [];
    for (;;) {
      if (oneLine) this.#skipBlanks();
      else this.#skipNewlines();
      if (this.#atEnd() || this.#peek() === ')' || (this.#peek() === ';' && this.#peek(1) === ';')) break;
      if (oneLine && this.#peek() === '\n') break;
      if (CLOSING.has(this.#peekWord())) break;
      const command = this.#andOr();
      this.#skipBlanks();
      let background = false;
      const separator = this.#peek();
      if (separator === '&' && this.#peek(1) !== '&') {
        background = true;
        this.#pos++;
      } else if (separator === ';' && this.#peek(1) !== ';') this.#pos++;
      else if (separator !== '\n') {
        items.push({ command, background });
        break;
      }
      items.push({ command, background });
    }
    return { type: 'list', items };
  }

  /** A list that must hold something, up to one of the words. */
  #body(...ends: string[]): List {
    const list = this.#list();
    this.#skipNewlines();
    const word = this.#peekWord();
    if (!ends.includes(word) || list.items.length === 0) throw this.#unexpected(ends[0]);
    return list;
  }

  #andOr(): Command {
    let left = this.#pipeline();
    for (;;) {
      this.#skipBlanks();
      const operator = this.#source.slice(this.#pos, this.#pos + 2);
      if (operator !== '&&' && operator !== '||') return left;
      this.#pos += 2;
      this.#skipNewlines();
      left = { type: operator === '&&' ? 'and' : 'or', left, right: this.#pipeline() };
    }
  }

  #pipeline(): Command {
    let negated = false;
    let timed = false;
    this.#skipBlanks();
    if (this.#takeWord('time')) timed = true;
    while (this.#takeWord('!')) negated = !negated;
    const commands = [this.#command()];
    for (;;) {
      this.#skipBlanks();
      if (this.#peek() !== '|' || this.#peek(1) === '|') break;
      this.#pos++;
      let both = false;
      if (this.#peek() === '&') {
        both = true;
        this.#pos++;
      }
      this.#skipNewlines();
      if (both) {
        const body: List = { type: 'list', items: [{ command: commands.pop()!, background: false }] };
        commands.push({ type: 'group', body, redirects: [{ fd: 2, operator: '>&', target: literalWord('1') }] });
      }
      commands.push(this.#command());
    }
    return commands.length === 1 && !negated && !timed ? commands[0]! : { type: 'pipeline', commands, negated, timed };
  }

  #command(): Command {
    if (++this.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    try {
      this.#skipBlanks();
      if (this.#peek() === '(') {
        if (this.#peek(1) === '(') {
          const arithmetic = this.#arithmeticCommand();
          if (arithmetic !== undefined) return arithmetic;
        }
        this.#pos++;
        const body = this.#list();
        this.#skipNewlines();
        if (this.#peek() !== ')' || body.items.length === 0) throw this.#unexpected(')');
        this.#pos++;
        return { type: 'subshell', body, redirects: this.#redirects() };
      }
      const word = this.#peekWord();
      if (RESERVED.has(word)) return this.#compound(word);
      const definition = /[A-Za-z_][A-Za-z0-9_-]*[ \t]*\([ \t]*\)/y;
      definition.lastIndex = this.#pos;
      const header = definition.exec(this.#source);
      if (header !== null) {
        this.#pos = definition.lastIndex;
        this.#skipNewlines();
        return { type: 'function', name: header[0].replace(/[ \t]*\(.*/, ''), body: this.#command() };
      }
      return this.#simple();
    } finally {
      this.#depth--;
    }
  }

  #compound(word: string): Command {
    switch (word) {
      case '{': {
        this.#takeWord('{');
        const body = this.#body('}');
        this.#takeWord('}');
        return { type: 'group', body, redirects: this.#redirects() };
      }
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'while':
      case 'until': {
        this.#takeWord(word);
        const condition = this.#body('do');
        return { type: word, condition, body: this.#doBody(), redirects: this.#redirects() };
      }
      case 'case':
        return this.#case();
      case 'function': {
        this.#takeWord('function');
        this.#skipBlanks();
        const name = this.#peekWord().replace(/\(\)$/, '');
        if (name === '') throw this.#unexpected();
        this.#pos += name.length;
        this.#skipBlanks();
        if (this.#source.startsWith('()', this.#pos)) this.#pos += 2;
        this.#skipNewlines();
        return { type: 'function', name, body: this.#command() };
      }
      case '[[':
        return this.#condition();
      case 'in':
        return this.#simple();
      default:
        throw this.#unexpected();
    }
  }

  #if(): Command {
    this.#takeWord('if');
    const branches: { condition: List; body: List }[] = [];
    for (;;) {
      const condition = this.#body('then');
      this.#takeWord('then');
      branches.push({ condition, body: this.#body('fi', 'else', 'elif') });
      if (!this.#takeWord('elif')) break;
    }
    let otherwise: List | undefined;
    if (this.#takeWord('else')) otherwise = this.#body('fi');
    this.#takeWord('fi');
    return { type: 'if', branches, otherwise, redirects: this.#redirects() };
  }

  #for(): Command {
    this.#takeWord('for');
    this.#skipBlanks();
    if (this.#source.startsWith('((', this.#pos)) {
      const text = this.#arithmeticText(this.#pos + 2);
      if (text === undefined) throw this.#unexpected('))');
      const [start, condition, next, ...more] = text.text.split(';');
      if (start === undefined || condition === undefined || next === undefined || more.length > 0)
        throw this.#unexpected();
      this.#pos = text.end;
      this.#skipBlanks();
      if (this.#peek() === ';') this.#pos++;
      this.#skipNewlines();
      return {
        type: 'for-arithmetic',
        start: this.#arithmeticWord(start),
        condition: this.#arithmeticWord(condition),
        next: this.#arithmeticWord(next),
        body: this.#doBody(),
        redirects: this.#redirects(),
      };
    }
    const name = this.#match(NAME);
    if (name === undefined) {
      if (this.#atEnd()) throw this.#unexpected();
      throw new ShellSyntaxError('syntax error: bad for loop variable');
    }
    this.#skipNewlines();
    let words: Word[] | undefined;
    if (this.#takeWord('in')) {
      words = [];
      for (;;) {
        this.#skipBlanks();
        const character = this.#peek();
        if (character === '' || character === ';' || character === '\n') break;
        if (META.has(character)) throw this.#unexpected();
        words.push(this.#word());
      }
    }
    this.#skipBlanks();
    if (this.#peek() === ';') this.#pos++;
    this.#skipNewlines();
    return { type: 'for', name, words, body: this.#doBody(), redirects: this.#redirects() };
  }

  #doBody(): List {
    this.#skipNewlines();
    if (!this.#takeWord('do')) throw this.#unexpected('do');
    const body = this.#body('done');
    this.#takeWord('done');
    return body;
  }

  #case(): Command {
    this.#takeWord('case');
    this.#skipBlanks();
    const word = this.#word();
    this.#skipNewlines();
    if (!this.#takeWord('in')) throw this.#unexpected('in');
    const branches: { patterns: Word[]; body: List; falls: boolean }[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.#takeWord('esac')) break;
      if (this.#peek() === '(') this.#pos++;
      const patterns: Word[] = [];
      for (;;) {
        this.#skipBlanks();
        if (META.has(this.#peek()) || this.#atEnd()) throw this.#unexpected(')');
        patterns.push(this.#word());
        this.#skipBlanks();
        if (this.#peek() !== '|') break;
        this.#pos++;
      }
      if (this.#peek() !== ')') throw this.#unexpected(')');
      this.#pos++;
      const body = this.#list();
      this.#skipNewlines();
      const falls = this.#source.startsWith(';&', this.#pos);
      if (falls || this.#source.startsWith(';;', this.#pos)) this.#pos += 2;
      else if (this.#peekWord() !== 'esac') throw this.#unexpected(';;');
      branches.push({ patterns, body, falls });
    }
    return { type: 'case', word, branches, redirects: this.#redirects() };
  }

  #condition(): Command {
    this.#takeWord('[[');
    const words: ConditionToken[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.#atEnd()) throw this.#unexpected(']]');
      if (this.#takeWord(']]')) break;
      const operator = /&&|\|\||[()<>]/y;
      operator.lastIndex = this.#pos;
      const found = operator.exec(this.#source)?.[0];
      const previous = words.at(-1);
      const afterMatch = previous !== undefined && 'operator' in previous && previous.operator === '=~';
      if (found !== undefined && !afterMatch) {
        this.#pos += found.length;
        words.push({ operator: found });
        continue;
      }
      if (!afterMatch && ['!', '==', '=', '!=', '=~'].includes(this.#peekWord())) {
        const name = this.#peekWord();
        this.#pos += name.length;
        words.push({ operator: name });
        continue;
      }
      if (this.#peek() === '&' || this.#peek() === ';' || (this.#peek() === '|' && !afterMatch))
        throw this.#unexpected();
      words.push({ word: this.#word(afterMatch ? /[\s]/ : undefined) });
    }
    return { type: 'condition', words, redirects: this.#redirects() };
  }

  #arithmeticCommand(): Command | undefined {
    const text = this.#arithmeticText(this.#pos + 2);
    if (text === undefined) return undefined;
    this.#pos = text.end;
    return { type: 'arithmetic', expression: this.#arithmeticWord(text.text), redirects: this.#redirects() };
  }

  #simple(): Command {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.#skipBlanks();
      const redirect = this.#redirect();
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      if (this.#atEnd() || META.has(this.#peek())) break;
      const assignment = words.length === 0 ? /([A-Za-z_][A-Za-z0-9_]*)(\+?)=/y : undefined;
      if (assignment !== undefined) {
        assignment.lastIndex = this.#pos;
        const found = assignment.exec(this.#source);
        if (found !== null) {
          this.#pos = assignment.lastIndex;
          const value = this.#atEnd() || META.has(this.#peek()) ? EMPTY_WORD : this.#word();
          assignments.push({ name: found[1]!, append: found[2] === '+', value });
          continue;
        }
      }
      words.push(this.#word());
    }
    if (assignments.length + words.length + redirects.length === 0) throw this.#unexpected();
    return { type: 'simple', assignments, words, redirects };
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.#skipBlanks();
      const redirect = this.#redirect();
      if (redirect === undefined) return redirects;
      redirects.push(redirect);
    }
  }

  #redirect(): Redirect | undefined {
    const pattern = /(\d*)(<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)|(&>>?)/y;
    pattern.lastIndex = this.#pos;
    const found = pattern.exec(this.#source);
    if (found === null) return undefined;
    this.#pos = pattern.lastIndex;
    const operator = found[2] ?? found[3]!;
    const fd = found[1] === undefined || found[1] === '' ? undefined : Number(found[1]);
    this.#skipBlanks();
    if (this.#atEnd() || META.has(this.#peek())) throw this.#unexpected();
    if (operator === '<<' || operator === '<<-') {
      const redirect: Redirect = { fd, operator: '<<', target: EMPTY_WORD };
      const start = this.#pos;
      const delimiter = this.#word()
        .parts.map((part) => (part.type === 'literal' ? part.text : ''))
        .join('');
      const quoted = /['"\\]/.test(this.#source.slice(start, this.#pos));
      this.#hereDocuments.push({ redirect, delimiter, quoted, stripTabs: operator === '<<-' });
      return redirect;
    }
    return { fd, operator: operator as RedirectOperator, target: this.#word() };
  }

  #readHereDocuments(): void {
    const pending = this.#hereDocuments;
    this.#hereDocuments = [];
    for (const { redirect, delimiter, quoted, stripTabs } of pending) {
      let body = '';
      for (;;) {
        // POSIX leaves a missing delimiter open; shells take the end of the text for it.
        if (this.#atEnd()) break;
        const end = this.#source.indexOf('\n', this.#pos);
        let line = this.#source.slice(this.#pos, end === -1 ? undefined : end);
        this.#pos = end === -1 ? this.#source.length : end + 1;
        if (stripTabs) line = line.replace(/^\t+/, '');
        if (line === delimiter) break;
        body += `${line}\n`;
        if (end === -1) break;
      }
      redirect.target = quoted
        ? { parts: [{ type: 'literal', text: body, quoted: true }] }
        : new Parser(body).hereDocumentWord();
    }
  }

  /** The body of a here-document: as between double quotes, but those themselves are nothing special. */
  hereDocumentWord(): Word {
    return { parts: this.#quotedParts(() => this.#atEnd(), '$`\\\n') };
  }

  #word(stop?: RegExp): Word {
    const parts: WordPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ type: 'literal', text, quoted: false });
      text = '';
    };
    while (!this.#atEnd()) {
      const character = this.#peek();
      if (stop === undefined ? META.has(character) : stop.test(character)) break;
      if (character === '\\') {
        this.#pos++;
        if (this.#atEnd()) text += '\\';
        else if (this.#peek() === '\n') this.#pos++;
        else {
          flush();
          parts.push({ type: 'literal', text: this.#codePoint(), quoted: true });
        }
      } else if (character === "'") {
        flush();
        const end = this.#source.indexOf("'", this.#pos + 1);
        if (end === -1) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
        parts.push({ type: 'literal', text: this.#source.slice(this.#pos + 1, end), quoted: true });
        this.#pos = end + 1;
      } else if (character === '"') {
        flush();
        parts.push(...this.#doubleQuoted());
      } else if (character === '$' || character === '`') {
        const part = this.#expansion(false);
        if (part === undefined) {
          text += '$';
          this.#pos++;
        } else {
          flush();
          parts.push(part);
        }
      } else {
        text += character;
        this.#pos++;
      }
    }
    flush();
    return { parts };
  }

  #doubleQuoted(): WordPart[] {
    this.#pos++;
    const parts = this.#quotedParts(() => {
      if (this.#atEnd()) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
      return this.#peek() === '"';
    }, '$`"\\\n');
    this.#pos++;
    return parts;
  }

  #quotedParts(ended: () => boolean, escapable: string): WordPart[] {
    const parts: WordPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ type: 'literal', text, quoted: true });
      text = '';
    };
    while (!ended()) {
      const character = this.#peek();
      if (character === '\\' && this.#pos + 1 < this.#source.length && escapable.includes(this.#peek(1))) {
        if (this.#peek(1) !== '\n') text += this.#peek(1);
        this.#pos += 2;
      } else if (character === '$' || character === '`') {
        const part = this.#expansion(true);
        if (part === undefined) {
          text += '$';
          this.#pos++;
        } else {
          flush();
          parts.push(part);
        }
      } else {
        text += character;
        this.#pos++;
      }
    }
    flush();
    if (parts.length === 0) parts.push({ type: 'literal', text: '', quoted: true });
    return parts;
  }

  /** What `$` or a backtick begins; undefined for a dollar sign that is only that. */
  #expansion(quoted: boolean): WordPart | undefined {
    if (this.#peek() === '`') return this.#backticks(quoted);
    const next = this.#peek(1);
    if (next === '(') {
      if (this.#peek(2) === '(') {
        const text = this.#arithmeticText(this.#pos + 3);
        if (text !== undefined) {
          this.#pos = text.end;
          return { type: 'arithmetic', expression: this.#arithmeticWord(text.text), quoted };
        }
      }
      this.#pos += 2;
      if (++this.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
      const outer = this.#hereDocuments;
      this.#hereDocuments = [];
      const body = this.#list();
      this.#skipNewlines();
      if (this.#peek() !== ')') throw this.#unexpected(')');
      this.#hereDocuments = outer;
      this.#depth--;
      this.#pos++;
      return { type: 'command', body, quoted };
    }
    if (next === '{') {
      this.#pos += 2;
      return this.#braces(quoted);
    }
    if (next === "'" && !quoted) return this.#ansiQuoted();
    if (next === '"' && !quoted) {
      this.#pos++;
      const parts = this.#doubleQuoted();
      return parts.length === 1
        ? parts[0]!
        : { type: 'parameter', name: '', length: false, colon: false, quoted: true, operator: '-', word: { parts } };
    }
    this.#pos++;
    const name = this.#match(NAME) ?? this.#match(SPECIAL);
    if (name !== undefined) return { type: 'parameter', name, length: false, colon: false, quoted };
    this.#pos--;
    return undefined;
  }

  #backticks(quoted: boolean): WordPart {
    let text = '';
    for (this.#pos++; ; this.#pos++) {
      if (this.#atEnd()) throw new ShellSyntaxError('syntax error: EOF in backquote substitution', true);
      const character = this.#peek();
      if (character === '`') break;
      if (character === '\\' && ('`$\\'.includes(this.#peek(1)) || (quoted && this.#peek(1) === '"'))) {
        text += this.#peek(1);
        this.#pos++;
      } else text += character;
    }
    this.#pos++;
    const inner = new Parser(text);
    inner.#depth = this.#depth + 1;
    if (inner.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    return { type: 'command', body: inner.wholeScript(), quoted };
  }

  #braces(quoted: boolean): WordPart {
    const bad = (): ShellSyntaxError =>
      this.#atEnd()
        ? new ShellSyntaxError('syntax error: missing "}"', true)
        : new ShellSyntaxError('syntax error: bad substitution');
    let length = false;
    if (this.#peek() === '#' && this.#peek(1) !== '}') {
      length = true;
      this.#pos++;
    }
    const name = this.#match(NAME) ?? this.#match(/\d+/y) ?? this.#match(SPECIAL);
    if (name === undefined) throw bad();
    const base = { type: 'parameter' as const, name, length, quoted };
    if (this.#peek() === '}') {
      this.#pos++;
      return { ...base, colon: false };
    }
    if (length) throw bad();
    const found = this.#match(/:?[-=?+]|##?|%%?|\/\/?|\^\^|,,|:/y);
    if (found === undefined) throw bad();
    const colon = found.length === 2 && found.startsWith(':');
    const operator = (colon ? found.slice(1) : found) as ParameterOperator;
    if (++this.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    const stops = operator === '/' || operator === '//' ? '/}' : operator === ':' ? ':}' : '}';
    const pattern = ['#', '##', '%', '%%', '/', '//'].includes(operator);
    const word = this.#braceWord(stops, quoted && !pattern);
    let second: Word | undefined;
    if (stops.length === 2 && this.#peek() === stops[0]) {
      this.#pos++;
      second = this.#braceWord('}', quoted && !pattern);
    }
    if (this.#atEnd()) throw bad();
    this.#pos++;
    this.#depth--;
    return { ...base, colon, operator, word, second };
  }

  #braceWord(stops: string, quoted: boolean): Word {
    const ended = (): boolean => {
      if (this.#atEnd()) throw new ShellSyntaxError('syntax error: missing "}"', true);
      return stops.includes(this.#peek());
    };
    if (!quoted) return this.#word(stops === '}' ? /\}/ : stops === '/}' ? /[/}]/ : /[:}]/);
    const parts: WordPart[] = [];
    while (!ended()) {
      if (this.#peek() === '"') parts.push(...this.#doubleQuoted());
      else parts.push(...this.#quotedParts(() => ended() || this.#peek() === '"', '$`"\\}\n'));
    }
    return { parts };
  }

  #ansiQuoted(): WordPart {
    const pattern = /\$'((?:[^'\\]|\\[\s\S])*)'/y;
    pattern.lastIndex = this.#pos;
    const found = pattern.exec(this.#source);
    if (found === null) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
    this.#pos = pattern.lastIndex;
    return { type: 'literal', text: ansiEscapes(found[1]!), quoted: true };
  }

  /** The text up to the `))` that closes an arithmetic expression; undefined where it is none after all. */
  #arithmeticText(from: number): { text: string; end: number } | undefined {
    let depth = 0;
    for (let i = from; i < this.#source.length; i++) {
      const character = this.#source[i];
      if (character === '(') depth++;
      else if (character === ')') {
        if (depth > 0) depth--;
        else return this.#source[i + 1] === ')' ? { text: this.#source.slice(from, i), end: i + 2 } : undefined;
      }
    }
    return undefined;
  }

  #arithmeticWord(text: string): Word {
    const inner = new Parser(text);
    inner.#depth = this.#depth + 1;
    if (inner.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    return { parts: inner.#quotedParts(() => inner.#atEnd(), '$`"\\\n') };
  }

  #atEnd(): boolean {
    return this.#pos >= this.#source.length;
  }

  #peek(offset = 0): string {
    return this.#source[this.#pos + offset] ?? '';
  }

  #codePoint(): string {
    const character = String.fromCodePoint(this.#source.codePointAt(this.#pos)!);
    this.#pos += character.length;
    return character;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#pos;
    const found = pattern.exec(this.#source)?.[0];
    if (found !== undefined) this.#pos += found.length;
    return found;
  }

  /** The bare word here, up to the next character that ends words. */
  #peekWord(): string {
    let end = this.#pos;
    while (end < this.#source.length && !META.has(this.#source[end]!)) end++;
    return this.#source.slice(this.#pos, end);
  }

  #takeWord(word: string): boolean {
    this.#skipBlanks();
    if (this.#peekWord() !== word) return false;
    this.#pos += word.length;
    return true;
  }

  #skipBlanks(): void {
    for (;;) {
      const character = this.#peek();
      if (character === ' ' || character === '\t' || character === '\r') this.#pos++;
      else if (character === '\\' && this.#peek(1) === '\n') this.#pos += 2;
      else if (character === '#') {
        const end = this.#source.indexOf('\n', this.#pos);
        this.#pos = end === -1 ? this.#source.length : end;
      } else return;
    }
  }

  #skipNewlines(): void {
    for (;;) {
      this.#skipBlanks();
      if (this.#peek() !== '\n') return;
      this.#newline();
    }
  }

  #newline(): void {
    this.#pos++;
    if (this.#hereDocuments.length > 0) this.#readHereDocuments();
  }

  #unexpected(expected?: string): ShellSyntaxError {
    this.#skipBlanks();
    const expecting = expected === undefined ? '' : ` (expecting "${expected}")`;
    if (this.#atEnd()) return new ShellSyntaxError(`syntax error: unexpected end of file${expecting}`, true);
    if (this.#peek() === '\n') return new ShellSyntaxError(`syntax error: unexpected newline${expecting}`);
    const operator = /&&|\|\||;;|[;&|()<>]/y;
    const token = this.#match(operator) ?? this.#peekWord();
    return new ShellSyntaxError(`syntax error: unexpected "${token}"${expecting}`);
  }
}

const EMPTY_WORD: Word = { parts: [] };
const literalWord = (text: string): Word => ({ parts: [{ type: 'literal', text, quoted: false }] });

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** `\n`, `\x41`, `\101`, `\u00e9` as `$'..'` has them. */
export const ansiEscapes = (text: string): string =>
  text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))/g,
    (_all, hex, unicode, octal, other) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      if (unicode !== undefined) return String.fromCharCode(parseInt(unicode, 16));
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
      return SIMPLE_ESCAPES[other] ?? (`'"\\?`.includes(other) ? other : `\\${other}`);
    },
  );
