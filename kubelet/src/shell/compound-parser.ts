import type { Command, ConditionToken, List, Word } from './ast.ts';
import type { Parser } from './parser.ts';
import type { ScriptCursor } from './script-cursor.ts';
import { META, NAME } from './script-cursor.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';
import type { WordParser } from './word-parser.ts';

/** Reads the commands that reserved words begin. Throws ShellSyntaxError. */
export class CompoundParser {
  readonly #cursor: ScriptCursor;
  readonly #words: WordParser;
  readonly #parser: Parser;

  constructor(cursor: ScriptCursor, words: WordParser, parser: Parser) {
    this.#cursor = cursor;
    this.#words = words;
    this.#parser = parser;
  }

  /** The command that the reserved word here begins. */
  compound(word: string): Command {
    const cursor = this.#cursor;
    switch (word) {
      case '{': {
        cursor.takeWord('{');
        const body = this.#body('}');
        cursor.takeWord('}');
        return { type: 'group', body, redirects: this.#parser.redirects() };
      }
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'while':
      case 'until': {
        cursor.takeWord(word);
        const condition = this.#body('do');
        return { type: word, condition, body: this.#doBody(), redirects: this.#parser.redirects() };
      }
      case 'case':
        return this.#case();
      case 'function': {
        cursor.takeWord('function');
        cursor.skipBlanks();
        const name = cursor.peekWord().replace(/\(\)$/, '');
        if (name === '') throw cursor.unexpected();
        cursor.position += name.length;
        cursor.skipBlanks();
        if (cursor.source.startsWith('()', cursor.position)) cursor.position += 2;
        cursor.skipNewlines();
        return { type: 'function', name, body: this.#parser.command() };
      }
      case '[[':
        return this.#condition();
      case 'in':
        return this.#parser.simple();
      default:
        throw cursor.unexpected();
    }
  }

  #if(): Command {
    const cursor = this.#cursor;
    cursor.takeWord('if');
    const branches: { condition: List; body: List }[] = [];
    for (;;) {
      const condition = this.#body('then');
      cursor.takeWord('then');
      branches.push({ condition, body: this.#body('fi', 'else', 'elif') });
      if (!cursor.takeWord('elif')) break;
    }
    let otherwise: List | undefined;
    if (cursor.takeWord('else')) otherwise = this.#body('fi');
    cursor.takeWord('fi');
    return { type: 'if', branches, otherwise, redirects: this.#parser.redirects() };
  }

  #for(): Command {
    const cursor = this.#cursor;
    cursor.takeWord('for');
    cursor.skipBlanks();
    if (cursor.source.startsWith('((', cursor.position)) {
      const text = cursor.arithmeticText(cursor.position + 2);
      if (text === undefined) throw cursor.unexpected('))');
      const [start, condition, next, ...more] = text.text.split(';');
      if (start === undefined || condition === undefined || next === undefined || more.length > 0)
        throw cursor.unexpected();
      cursor.position = text.end;
      cursor.skipBlanks();
      if (cursor.peek() === ';') cursor.position++;
      cursor.skipNewlines();
      return {
        type: 'for-arithmetic',
        start: this.#words.arithmeticWord(start),
        condition: this.#words.arithmeticWord(condition),
        next: this.#words.arithmeticWord(next),
        body: this.#doBody(),
        redirects: this.#parser.redirects(),
      };
    }
    const name = cursor.match(NAME);
    if (name === undefined) {
      if (cursor.atEnd()) throw cursor.unexpected();
      throw new ShellSyntaxError('syntax error: bad for loop variable');
    }
    cursor.skipNewlines();
    let words: Word[] | undefined;
    if (cursor.takeWord('in')) {
      words = [];
      for (;;) {
        cursor.skipBlanks();
        const character = cursor.peek();
        if (character === '' || character === ';' || character === '\n') break;
        if (META.has(character)) throw cursor.unexpected();
        words.push(this.#words.word());
      }
    }
    cursor.skipBlanks();
    if (cursor.peek() === ';') cursor.position++;
    cursor.skipNewlines();
    return { type: 'for', name, words, body: this.#doBody(), redirects: this.#parser.redirects() };
  }

  #doBody(): List {
    const cursor = this.#cursor;
    cursor.skipNewlines();
    if (!cursor.takeWord('do')) throw cursor.unexpected('do');
    const body = this.#body('done');
    cursor.takeWord('done');
    return body;
  }

  #case(): Command {
    const cursor = this.#cursor;
    cursor.takeWord('case');
    cursor.skipBlanks();
    const word = this.#words.word();
    cursor.skipNewlines();
    if (!cursor.takeWord('in')) throw cursor.unexpected('in');
    const branches: { patterns: Word[]; body: List; falls: boolean }[] = [];
    for (;;) {
      cursor.skipNewlines();
      if (cursor.takeWord('esac')) break;
      if (cursor.peek() === '(') cursor.position++;
      const patterns: Word[] = [];
      for (;;) {
        cursor.skipBlanks();
        if (META.has(cursor.peek()) || cursor.atEnd()) throw cursor.unexpected(')');
        patterns.push(this.#words.word());
        cursor.skipBlanks();
        if (cursor.peek() !== '|') break;
        cursor.position++;
      }
      if (cursor.peek() !== ')') throw cursor.unexpected(')');
      cursor.position++;
      const body = this.#parser.list();
      cursor.skipNewlines();
      const falls = cursor.source.startsWith(';&', cursor.position);
      if (falls || cursor.source.startsWith(';;', cursor.position)) cursor.position += 2;
      else if (cursor.peekWord() !== 'esac') throw cursor.unexpected(';;');
      branches.push({ patterns, body, falls });
    }
    return { type: 'case', word, branches, redirects: this.#parser.redirects() };
  }

  #condition(): Command {
    const cursor = this.#cursor;
    cursor.takeWord('[[');
    const words: ConditionToken[] = [];
    for (;;) {
      cursor.skipNewlines();
      if (cursor.atEnd()) throw cursor.unexpected(']]');
      if (cursor.takeWord(']]')) break;
      const operator = /&&|\|\||[()<>]/y;
      operator.lastIndex = cursor.position;
      const found = operator.exec(cursor.source)?.[0];
      const previous = words.at(-1);
      const afterMatch = previous !== undefined && 'operator' in previous && previous.operator === '=~';
      if (found !== undefined && !afterMatch) {
        cursor.position += found.length;
        words.push({ operator: found });
        continue;
      }
      if (!afterMatch && ['!', '==', '=', '!=', '=~'].includes(cursor.peekWord())) {
        const name = cursor.peekWord();
        cursor.position += name.length;
        words.push({ operator: name });
        continue;
      }
      if (cursor.peek() === '&' || cursor.peek() === ';' || (cursor.peek() === '|' && !afterMatch))
        throw cursor.unexpected();
      words.push({ word: this.#words.word(afterMatch ? /[\s]/ : undefined) });
    }
    return { type: 'condition', words, redirects: this.#parser.redirects() };
  }

  /** `(( ))`; undefined where it is a subshell in a subshell after all. */
  arithmetic(): Command | undefined {
    const text = this.#cursor.arithmeticText(this.#cursor.position + 2);
    if (text === undefined) return undefined;
    this.#cursor.position = text.end;
    return {
      type: 'arithmetic',
      expression: this.#words.arithmeticWord(text.text),
      redirects: this.#parser.redirects(),
    };
  }

  /** A list that must hold something, up to one of the words. */
  #body(...ends: string[]): List {
    const list = this.#parser.list();
    this.#cursor.skipNewlines();
    const word = this.#cursor.peekWord();
    if (!ends.includes(word) || list.items.length === 0) throw this.#cursor.unexpected(ends[0]);
    return list;
  }
}
