import { ShellSyntaxError } from './shell-syntax-error.ts';

/** The characters that end a bare word. */
export const META: ReadonlySet<string> = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']);
/** A variable's or function's name. */
export const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Deeper nesting is a mistake or an attack; it must not overflow the host's stack. */
const MAX_DEPTH = 200;

interface PendingHereDocument {
  readonly delimiter: string;
  readonly stripTabs: boolean;
  readonly take: (body: string) => void;
}

/** A place in a script, and how to go on from it by characters, blanks, bare words and lines. */
export class ScriptCursor {
  readonly source: string;
  position: number;
  #depth: number;
  #hereDocuments: PendingHereDocument[] = [];

  /** Throws ShellSyntaxError where the depth is too great. */
  constructor(source: string, position = 0, depth = 0) {
    if (depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    this.source = source;
    this.position = position;
    this.#depth = depth;
  }

  /** A cursor over a text inside this one. */
  inside(text: string): ScriptCursor {
    return new ScriptCursor(text, 0, this.#depth + 1);
  }

  /** Reads something that may hold itself. Throws ShellSyntaxError where it goes too deep. */
  nested<Result>(read: () => Result): Result {
    if (++this.#depth > MAX_DEPTH) throw new ShellSyntaxError('syntax error: nested too deeply');
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** Reads a part of the script whose here-documents are its own. */
  withOwnHereDocuments<Result>(read: () => Result): Result {
    const outer = this.#hereDocuments;
    this.#hereDocuments = [];
    const result = read();
    this.#hereDocuments = outer;
    return result;
  }

  /** A here-document was announced: its body begins with the next line. */
  awaitHereDocument(pending: PendingHereDocument): void {
    this.#hereDocuments.push(pending);
  }

  /** Nothing is left. */
  atEnd(): boolean {
    return this.position >= this.source.length;
  }

  /** The character here, or some way on; empty behind the end. */
  peek(offset = 0): string {
    return this.source[this.position + offset] ?? '';
  }

  /** Takes a whole character, be it two units long. */
  codePoint(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.position)!);
    this.position += character.length;
    return character;
  }

  /** Takes what a sticky pattern fits here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.source)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** The bare word here, up to the next character that ends words. */
  peekWord(): string {
    let end = this.position;
    while (end < this.source.length && !META.has(this.source[end]!)) end++;
    return this.source.slice(this.position, end);
  }

  /** Takes the word if it is the next one. */
  takeWord(word: string): boolean {
    this.skipBlanks();
    if (this.peekWord() !== word) return false;
    this.position += word.length;
    return true;
  }

  /** Blanks, continued lines, a comment. */
  skipBlanks(): void {
    for (;;) {
      const character = this.peek();
      if (character === ' ' || character === '\t' || character === '\r') this.position++;
      else if (character === '\\' && this.peek(1) === '\n') this.position += 2;
      else if (character === '#') {
        const end = this.source.indexOf('\n', this.position);
        this.position = end === -1 ? this.source.length : end;
      } else return;
    }
  }

  skipNewlines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.peek() !== '\n') return;
      this.newline();
    }
  }

  /** Takes a newline, and the here-documents that begin behind it. */
  newline(): void {
    this.position++;
    if (this.#hereDocuments.length > 0) this.readHereDocuments();
  }

  /** Reads the bodies of the here-documents begun on the line before. */
  readHereDocuments(): void {
    const pending = this.#hereDocuments;
    this.#hereDocuments = [];
    for (const { delimiter, stripTabs, take } of pending) take(this.#hereDocument(delimiter, stripTabs));
  }

  #hereDocument(delimiter: string, stripTabs: boolean): string {
    let body = '';
    for (;;) {
      // POSIX leaves a missing delimiter open; shells take the end of the text for it.
      if (this.atEnd()) return body;
      const end = this.source.indexOf('\n', this.position);
      let line = this.source.slice(this.position, end === -1 ? undefined : end);
      this.position = end === -1 ? this.source.length : end + 1;
      if (stripTabs) line = line.replace(/^\t+/, '');
      if (line === delimiter) return body;
      body += `${line}\n`;
      if (end === -1) return body;
    }
  }

  /** The text up to the `))` that closes an arithmetic expression; undefined where it is none after all. */
  arithmeticText(from: number): { text: string; end: number } | undefined {
    let depth = 0;
    for (let i = from; i < this.source.length; i++) {
      const character = this.source[i];
      if (character === '(') depth++;
      else if (character === ')') {
        if (depth > 0) depth--;
        else return this.source[i + 1] === ')' ? { text: this.source.slice(from, i), end: i + 2 } : undefined;
      }
    }
    return undefined;
  }

  /** The error for what stands here. */
  unexpected(expected?: string): ShellSyntaxError {
    this.skipBlanks();
    const expecting = expected === undefined ? '' : ` (expecting "${expected}")`;
    if (this.atEnd()) return new ShellSyntaxError(`syntax error: unexpected end of file${expecting}`, true);
    if (this.peek() === '\n') return new ShellSyntaxError(`syntax error: unexpected newline${expecting}`);
    const operator = /&&|\|\||;;|[;&|()<>]/y;
    const token = this.match(operator) ?? this.peekWord();
    return new ShellSyntaxError(`syntax error: unexpected "${token}"${expecting}`);
  }
}
