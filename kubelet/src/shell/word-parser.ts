import { ansiEscapes } from './ansi-escapes.ts';
import type { ParameterOperator, Word, WordPart } from './ast.ts';
import type { Parser } from './parser.ts';
import type { ScriptCursor } from './script-cursor.ts';
import { META, NAME } from './script-cursor.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';

const SPECIAL = /[@*#?$!0-9-]/y;
const DOUBLE_QUOTED_ESCAPES = '$`"\\\n';

/** Reads words: their quotes and expansions. Throws ShellSyntaxError. */
export class WordParser {
  readonly #cursor: ScriptCursor;
  readonly #parser: Parser;

  constructor(cursor: ScriptCursor, parser: Parser) {
    this.#cursor = cursor;
    this.#parser = parser;
  }

  /** All that is left, as between double quotes; but those themselves are nothing special. */
  unquotedRest(): Word {
    return { parts: this.#quotedParts(() => this.#cursor.atEnd(), '$`\\\n') };
  }

  /** An arithmetic expression's text, in which parameters are expanded. */
  arithmeticWord(text: string): Word {
    const inner = this.#parser.inside(text).words;
    return { parts: inner.#quotedParts(() => inner.#cursor.atEnd(), DOUBLE_QUOTED_ESCAPES) };
  }

  /** The word here, up to a character that ends it. */
  word(stop?: RegExp): Word {
    const cursor = this.#cursor;
    const parts: WordPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ type: 'literal', text, quoted: false });
      text = '';
    };
    while (!cursor.atEnd()) {
      const character = cursor.peek();
      if (stop === undefined ? META.has(character) : stop.test(character)) break;
      if (character === '\\') {
        cursor.position++;
        if (cursor.atEnd()) text += '\\';
        else if (cursor.peek() === '\n') cursor.position++;
        else {
          flush();
          parts.push({ type: 'literal', text: cursor.codePoint(), quoted: true });
        }
      } else if (character === "'") {
        flush();
        const end = cursor.source.indexOf("'", cursor.position + 1);
        if (end === -1) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
        parts.push({ type: 'literal', text: cursor.source.slice(cursor.position + 1, end), quoted: true });
        cursor.position = end + 1;
      } else if (character === '"') {
        flush();
        parts.push(...this.#doubleQuoted());
      } else {
        const part = this.#expansion(false);
        if (part === undefined) {
          text += character;
          cursor.position++;
        } else {
          flush();
          parts.push(part);
        }
      }
    }
    flush();
    return { parts };
  }

  #doubleQuoted(): WordPart[] {
    const cursor = this.#cursor;
    cursor.position++;
    const parts = this.#quotedParts(() => {
      if (cursor.atEnd()) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
      return cursor.peek() === '"';
    }, DOUBLE_QUOTED_ESCAPES);
    cursor.position++;
    return parts;
  }

  #quotedParts(ended: () => boolean, escapable: string): WordPart[] {
    const cursor = this.#cursor;
    const parts: WordPart[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ type: 'literal', text, quoted: true });
      text = '';
    };
    while (!ended()) {
      const character = cursor.peek();
      if (character === '\\' && cursor.position + 1 < cursor.source.length && escapable.includes(cursor.peek(1))) {
        if (cursor.peek(1) !== '\n') text += cursor.peek(1);
        cursor.position += 2;
      } else {
        const part = this.#expansion(true);
        if (part === undefined) {
          text += character;
          cursor.position++;
        } else {
          flush();
          parts.push(part);
        }
      }
    }
    flush();
    if (parts.length === 0) parts.push({ type: 'literal', text: '', quoted: true });
    return parts;
  }

  /** What begins here by `$` or a backtick; undefined where nothing does: a dollar sign may be only that. */
  #expansion(quoted: boolean): WordPart | undefined {
    const cursor = this.#cursor;
    if (cursor.peek() === '`') return this.#backticks(quoted);
    if (cursor.peek() !== '$') return undefined;
    const next = cursor.peek(1);
    if (next === '(') {
      if (cursor.peek(2) === '(') {
        const text = cursor.arithmeticText(cursor.position + 3);
        if (text !== undefined) {
          cursor.position = text.end;
          return { type: 'arithmetic', expression: this.arithmeticWord(text.text), quoted };
        }
      }
      cursor.position += 2;
      return { type: 'command', body: this.#parser.substituted(), quoted };
    }
    if (next === '{') {
      cursor.position += 2;
      return this.#braces(quoted);
    }
    if (next === "'" && !quoted) return this.#ansiQuoted();
    if (next === '"' && !quoted) {
      cursor.position++;
      const parts = this.#doubleQuoted();
      return parts.length === 1
        ? parts[0]!
        : { type: 'parameter', name: '', length: false, colon: false, quoted: true, operator: '-', word: { parts } };
    }
    cursor.position++;
    const name = cursor.match(NAME) ?? cursor.match(SPECIAL);
    if (name !== undefined) return { type: 'parameter', name, length: false, colon: false, quoted };
    cursor.position--;
    return undefined;
  }

  #backticks(quoted: boolean): WordPart {
    const cursor = this.#cursor;
    let text = '';
    for (cursor.position++; ; cursor.position++) {
      if (cursor.atEnd()) throw new ShellSyntaxError('syntax error: EOF in backquote substitution', true);
      const character = cursor.peek();
      if (character === '`') break;
      if (character === '\\' && ('`$\\'.includes(cursor.peek(1)) || (quoted && cursor.peek(1) === '"'))) {
        text += cursor.peek(1);
        cursor.position++;
      } else text += character;
    }
    cursor.position++;
    return { type: 'command', body: this.#parser.inside(text).wholeScript(), quoted };
  }

  #braces(quoted: boolean): WordPart {
    const cursor = this.#cursor;
    const bad = (): ShellSyntaxError =>
      cursor.atEnd()
        ? new ShellSyntaxError('syntax error: missing "}"', true)
        : new ShellSyntaxError('syntax error: bad substitution');
    let length = false;
    if (cursor.peek() === '#' && cursor.peek(1) !== '}') {
      length = true;
      cursor.position++;
    }
    const name = cursor.match(NAME) ?? cursor.match(/\d+/y) ?? cursor.match(SPECIAL);
    if (name === undefined) throw bad();
    const base = { type: 'parameter' as const, name, length, quoted };
    if (cursor.peek() === '}') {
      cursor.position++;
      return { ...base, colon: false };
    }
    if (length) throw bad();
    const found = cursor.match(/:?[-=?+]|##?|%%?|\/\/?|\^\^|,,|:/y);
    if (found === undefined) throw bad();
    const colon = found.length === 2 && found.startsWith(':');
    const operator = (colon ? found.slice(1) : found) as ParameterOperator;
    const stops = operator === '/' || operator === '//' ? '/}' : operator === ':' ? ':}' : '}';
    const pattern = ['#', '##', '%', '%%', '/', '//'].includes(operator);
    return cursor.nested(() => {
      const word = this.#braceWord(stops, quoted && !pattern);
      let second: Word | undefined;
      if (stops.length === 2 && cursor.peek() === stops[0]) {
        cursor.position++;
        second = this.#braceWord('}', quoted && !pattern);
      }
      if (cursor.atEnd()) throw bad();
      cursor.position++;
      return { ...base, colon, operator, word, second };
    });
  }

  #braceWord(stops: string, quoted: boolean): Word {
    const cursor = this.#cursor;
    const ended = (): boolean => {
      if (cursor.atEnd()) throw new ShellSyntaxError('syntax error: missing "}"', true);
      return stops.includes(cursor.peek());
    };
    if (!quoted) return this.word(stops === '}' ? /\}/ : stops === '/}' ? /[/}]/ : /[:}]/);
    const parts: WordPart[] = [];
    while (!ended()) {
      if (cursor.peek() === '"') parts.push(...this.#doubleQuoted());
      else parts.push(...this.#quotedParts(() => ended() || cursor.peek() === '"', '$`"\\}\n'));
    }
    return { parts };
  }

  #ansiQuoted(): WordPart {
    const pattern = /\$'((?:[^'\\]|\\[\s\S])*)'/y;
    pattern.lastIndex = this.#cursor.position;
    const found = pattern.exec(this.#cursor.source);
    if (found === null) throw new ShellSyntaxError('syntax error: unterminated quoted string', true);
    this.#cursor.position = pattern.lastIndex;
    return { type: 'literal', text: ansiEscapes(found[1]!), quoted: true };
  }
}
