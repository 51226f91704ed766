import type { Random } from '@kubarium/shared';

const LONGEST_REPEAT = 10;
const LONGEST_TEXT = 65_536;
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
const DIGITS = charactersFrom('0', '9');
const WORD = [...DIGITS, ...charactersFrom('A', 'Z'), '_', ...charactersFrom('a', 'z')];
const SPACE = [' ', '\t', '\n', '\r'];
const ESCAPES: Readonly<Record<string, readonly string[]>> = {
  d: DIGITS,
  D: PRINTABLE.filter((one) => !DIGITS.includes(one)),
  w: WORD,
  W: PRINTABLE.filter((one) => !WORD.includes(one)),
  s: SPACE,
  S: PRINTABLE.filter((one) => !SPACE.includes(one)),
  n: ['\n'],
  t: ['\t'],
  r: ['\r'],
};

/**
 * A text that a regular expression matches, drawn at random. Grammar:
 *
 *     choice   = sequence { "|" sequence }
 *     sequence = { piece [ "?" | "*" | "+" | "{" n [ "," [ m ] ] "}" ] }
 *     piece    = "(" [ "?:" ] choice ")" | "[" [ "^" ] { range } "]" | "." | "\" escape | "^" | "$" | character
 *
 * Throws an Error for a pattern that is none. Simplified: `*`, `+` and `{n,}` add at most 10 to the least number, Chainsaw's up to 4096;
 * negated sets and `.` draw from the printable characters of ASCII.
 */
export function randomText(pattern: string, random: Random): string {
  if (pattern === '') throw new Error("it takes a pattern, as '[a-z0-9]{8}'");
  return new Generator(pattern, random).text();
}

type Draw = () => string;

class Generator {
  readonly #characters: readonly string[];
  readonly #pattern: string;
  readonly #random: Random;
  #at = 0;

  constructor(pattern: string, random: Random) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
    this.#random = random;
  }

  text(): string {
    const draw = this.#choice();
    if (this.#at < this.#characters.length) throw this.#problem(`a ${this.#next()} too many`);
    return draw();
  }

  #choice(): Draw {
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    return () => this.#oneOf(options)();
  }

  #sequence(): Draw {
    const pieces: Draw[] = [];
    while (this.#at < this.#characters.length && !/[|)]/.test(this.#next())) pieces.push(this.#repeated(this.#piece()));
    return () => pieces.map((draw) => draw()).join('');
  }

  #piece(): Draw {
    const character = this.#shift();
    if (character === '(') {
      if (this.#take('?') && !this.#take(':')) throw this.#problem('only (?: may follow');
      const inner = this.#choice();
      if (!this.#take(')')) throw this.#problem('a ( has no )');
      return inner;
    }
    if (character === '^' || character === '$') return () => '';
    if (/[*+?]/.test(character)) throw this.#problem(`nothing to repeat before ${character}`);
    const from = character === '[' ? this.#set() : character === '.' ? PRINTABLE : this.#single(character);
    return () => this.#oneOf(from);
  }

  #repeated(draw: Draw): Draw {
    const [least, most] = this.#bounds();
    return () => {
      const count = least + this.#random.integer(most - least + 1);
      const text = Array.from({ length: count }, draw).join('');
      if (text.length > LONGEST_TEXT) throw this.#problem(`its text is longer than ${LONGEST_TEXT} characters`);
      return text;
    };
  }

  #bounds(): readonly [number, number] {
    if (this.#take('?')) return [0, 1];
    if (this.#take('*')) return [0, LONGEST_REPEAT];
    if (this.#take('+')) return [1, 1 + LONGEST_REPEAT];
    const rest = this.#characters.slice(this.#at).join('');
    const [whole, first, comma, second] = /^\{(\d{1,3})(,?)(\d{0,3})\}/.exec(rest) ?? [];
    if (whole === undefined) return [1, 1];
    this.#at += whole.length;
    const least = Number(first);
    const most = comma === '' ? least : second === '' ? least + LONGEST_REPEAT : Number(second);
    if (most < least) throw this.#problem(`${whole} has its bounds the wrong way round`);
    return [least, most];
  }

  #set(): readonly string[] {
    const negated = this.#take('^');
    const members: string[] = [];
    do {
      const from = this.#single(this.#shift());
      if (from.length === 1 && this.#next() === '-' && this.#characters[this.#at + 1] !== ']') {
        this.#at++;
        members.push(...charactersFrom(from[0]!, this.#single(this.#shift())[0]!));
      } else members.push(...from);
    } while (!this.#take(']'));
    const drawn = negated ? PRINTABLE.filter((one) => !members.includes(one)) : members;
    if (drawn.length === 0) throw this.#problem('a set of no characters');
    return drawn;
  }

  #single(character: string): readonly string[] {
    if (character !== '\\') return [character];
    const escaped = this.#shift();
    return ESCAPES[escaped] ?? [escaped];
  }

  #next(): string {
    return this.#characters[this.#at] ?? '';
  }

  #shift(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw this.#problem('it ends too early');
    return character;
  }

  #take(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at++;
    return true;
  }

  #oneOf<T>(options: readonly T[]): T {
    return options[this.#random.integer(options.length)]!;
  }

  #problem(why: string): Error {
    return new Error(`${JSON.stringify(this.#pattern)} is no pattern: ${why}`);
  }
}

function charactersFrom(first: string, last: string): string[] {
  const [start, end] = [first.codePointAt(0)!, last.codePointAt(0)!];
  return Array.from({ length: Math.max(0, end - start + 1) }, (_, index) => String.fromCodePoint(start + index));
}
