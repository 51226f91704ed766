/** A JSON object as written: every member in order, keys given twice included. */
export class JsonMembers {
  readonly members: [key: string, value: ExactJson][] = [];
}

/** A number as written: `80.0` and `80` differ to who reads whole numbers. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type ExactJson = string | boolean | null | JsonNumber | ExactJson[] | JsonMembers;

/** A text that is no JSON; the message is that of Go's scanner. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** What Go's decoder takes; deeper texts are refused. */
const MAX_DEPTH = 10_000;

/**
 * Reads JSON by Go's rules and with Go's words for what is wrong, keeping what JSON.parse forgets. Meant for texts in which
 * JSON.parse (or a look at its result) has found something wrong: it is some ten times as slow. Without recursion.
 * Throws JsonSyntaxError.
 */
export function readJsonText(text: string, limit: number = MAX_DEPTH): ExactJson {
  return new Reader(text, limit).read();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  readonly #limit: number;
  #at = 0;

  constructor(text: string, limit: number) {
    this.#text = text;
    this.#limit = limit;
  }

  read(): ExactJson {
    const open: (ExactJson[] | JsonMembers)[] = [];
    let done: ExactJson | undefined;
    let expectsEnd = false;
    for (;;) {
      // A value begins here (or, right behind an opening bracket, the container ends).
      this.#space();
      const first = this.#text[this.#at];
      let value: ExactJson | undefined;
      if (expectsEnd && first === (open.at(-1) instanceof JsonMembers ? '}' : ']')) {
        this.#at++;
        value = open.pop()!;
      } else {
        if (expectsEnd && open.at(-1) instanceof JsonMembers) this.#key(open.at(-1) as JsonMembers);
        const container = this.#opening();
        if (container !== undefined) {
          if (open.length >= this.#limit) {
            this.#at--;
            this.#fail('exceeded max depth');
          }
          open.push(container);
          expectsEnd = true;
          continue;
        }
        value = this.#scalar();
      }
      expectsEnd = false;
      // The value is complete: hand it up until a container goes on.
      for (;;) {
        const parent = open.at(-1);
        if (parent === undefined) {
          done = value;
          break;
        }
        if (parent instanceof JsonMembers) parent.members.at(-1)![1] = value;
        else parent.push(value);
        this.#space();
        const next = this.#text[this.#at];
        if (next === ',') {
          this.#at++;
          if (parent instanceof JsonMembers) {
            this.#space();
            this.#key(parent);
          }
          break;
        }
        if (next !== (parent instanceof JsonMembers ? '}' : ']')) {
          this.#fail(parent instanceof JsonMembers ? 'after object key:value pair' : 'after array element');
        }
        this.#at++;
        value = open.pop()!;
      }
      if (done !== undefined) break;
    }
    this.#space();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return done;
  }

  #opening(): ExactJson[] | JsonMembers | undefined {
    this.#space();
    const first = this.#text[this.#at];
    if (first !== '{' && first !== '[') return undefined;
    this.#at++;
    return first === '{' ? new JsonMembers() : [];
  }

  #key(parent: JsonMembers): void {
    if (this.#text[this.#at] !== '"') this.#fail('looking for beginning of object key string');
    const key = this.#string();
    this.#space();
    if (this.#text[this.#at] !== ':') this.#fail('after object key');
    this.#at++;
    parent.members.push([key, null]);
  }

  #scalar(): ExactJson {
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) return this.#number();
    if (first === 't') return this.#literal('true', true);
    if (first === 'f') return this.#literal('false', false);
    if (first === 'n') return this.#literal('null', null);
    return this.#fail('looking for beginning of value');
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      if (this.#text[this.#at] !== word[i]) this.#fail(`in literal ${word} (expecting ${quoteCharacter(word[i]!)})`);
    }
    this.#at++;
    return value;
  }

  #number(): JsonNumber {
    const start = this.#at;
    const digits = (context: string): void => {
      if (!this.#isDigit()) this.#fail(context);
      while (this.#isDigit()) this.#at++;
    };
    if (this.#text[this.#at] === '-') this.#at++;
    if (this.#text[this.#at] === '0') this.#at++;
    else digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at++;
      digits('after decimal point in numeric literal');
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
      digits('in exponent of numeric literal');
    }
    return new JsonNumber(this.#text.slice(start, this.#at));
  }

  #isDigit(): boolean {
    const character = this.#text[this.#at];
    return character !== undefined && character >= '0' && character <= '9';
  }

  #string(): string {
    let out = '';
    let start = ++this.#at;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '"') {
        out += this.#text.slice(start, this.#at++);
        return out;
      }
      if (character === undefined || character < ' ') this.#fail('in string literal');
      if (character !== '\\') {
        this.#at++;
        continue;
      }
      out += this.#text.slice(start, this.#at++);
      const escape = this.#text[this.#at];
      if (escape === 'u') {
        for (let i = 0; i < 4; i++) {
          this.#at++;
          if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) this.#fail('in \\u hexadecimal character escape');
        }
        this.#at++;
        out += String.fromCharCode(Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16));
      } else {
        if (escape === undefined || ESCAPES[escape] === undefined) this.#fail('in string escape code');
        out += ESCAPES[escape!];
        this.#at++;
      }
      start = this.#at;
    }
  }

  #space(): void {
    for (;;) {
      const character = this.#text.charCodeAt(this.#at);
      if (character !== 32 && character !== 10 && character !== 13 && character !== 9) return;
      this.#at++;
    }
  }

  #fail(context: string): never {
    const character = this.#text[this.#at];
    if (character === undefined) throw new JsonSyntaxError('unexpected end of JSON input');
    throw new JsonSyntaxError(`invalid character ${quoteCharacter(character)} ${context}`);
  }
}

/** A character as Go quotes it in such an error; beyond ASCII Go sees the first byte of its UTF-8 form. */
function quoteCharacter(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  const byte = Buffer.from(character)[0]!;
  if (byte >= 0x80) return `'${byte < 0xa0 ? `\\u00${byte.toString(16)}` : String.fromCharCode(byte)}'`;
  if (byte < 0x20 || byte === 0x7f) return `'${CONTROL[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`}'`;
  return character === '\\' ? `'\\\\'` : `'${character}'`;
}

const CONTROL: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

/** How many keys all objects of a JSON text have, keys given twice counted twice. The text must be well-formed. */
export function countTextKeys(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    do at = text.indexOf('"', at + 1);
    while (isEscaped(text, at));
    let character = text.charCodeAt(++at);
    while (character === 32 || character === 10 || character === 13 || character === 9)
      character = text.charCodeAt(++at);
    if (character === 58) keys++;
  }
  return keys;
}

function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text.charCodeAt(at) === 92) at--;
  return (quote - at) % 2 === 0;
}

/** True where a JSON text nests deeper than `limit`. */
export function isTooDeep(text: string, limit: number = MAX_DEPTH): boolean {
  if (text.length <= limit) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === 34) {
      do at = text.indexOf('"', at + 1);
      while (at >= 0 && isEscaped(text, at));
      if (at < 0) return false;
    } else if (character === 123 || character === 91) {
      if (++depth > limit) return true;
    } else if (character === 125 || character === 93) depth--;
  }
  return false;
}
