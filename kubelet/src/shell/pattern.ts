/*
 * Shell patterns: `*` any text, `?` any character, `[a-z]` `[!a-z]` `[[:digit:]]` one of a set, `\x` that character itself.
 * Matched by hand, not by a RegExp: only the last star ever backtracks, so no pattern can take exponential time.
 */

type Token =
  | { readonly type: 'character'; readonly value: string }
  | { readonly type: 'any' }
  | { readonly type: 'star' }
  | { readonly type: 'set'; readonly negated: boolean; readonly matches: (character: string) => boolean };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /\d/,
  alnum: /[\p{L}\d]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9a-fA-F]/,
  cntrl: /\p{Cc}/u,
  print: /[^\p{C}]/u,
  graph: /[^\p{C}\s]/u,
};

function parse(pattern: string): Token[] {
  const characters = Array.from(pattern);
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '\\' && i + 1 < characters.length) tokens.push({ type: 'character', value: characters[++i]! });
    else if (character === '?') tokens.push({ type: 'any' });
    else if (character === '*') {
      if (tokens.at(-1)?.type !== 'star') tokens.push({ type: 'star' });
    } else if (character === '[') {
      const set = parseSet(characters, i + 1);
      if (set === undefined) tokens.push({ type: 'character', value: '[' });
      else {
        tokens.push(set.token);
        i = set.end;
      }
    } else tokens.push({ type: 'character', value: character });
  }
  return tokens;
}

function parseSet(characters: readonly string[], start: number): { token: Token; end: number } | undefined {
  let i = start;
  const negated = characters[i] === '!' || characters[i] === '^';
  if (negated) i++;
  const tests: ((character: string) => boolean)[] = [];
  for (let first = true; ; first = false) {
    let from = characters[i];
    if (from === undefined) return undefined;
    if (from === ']' && !first) break;
    if (from === '[' && characters[i + 1] === ':') {
      const close = characters.indexOf(':', i + 2);
      const name = close === -1 ? '' : characters.slice(i + 2, close).join('');
      const known = CLASSES[name];
      if (known !== undefined && characters[close + 1] === ']') {
        tests.push((character) => known.test(character));
        i = close + 2;
        continue;
      }
    }
    if (from === '\\' && characters[i + 1] !== undefined) from = characters[++i]!;
    i++;
    if (characters[i] === '-' && characters[i + 1] !== undefined && characters[i + 1] !== ']') {
      i++;
      if (characters[i] === '\\' && characters[i + 1] !== undefined) i++;
      const to = characters[i++]!;
      const low = from.codePointAt(0)!;
      const high = to.codePointAt(0)!;
      tests.push((character) => {
        const code = character.codePointAt(0)!;
        return code >= low && code <= high;
      });
    } else {
      const only = from;
      tests.push((character) => character === only);
    }
  }
  return { token: { type: 'set', negated, matches: (character) => tests.some((test) => test(character)) }, end: i };
}

/** Whether all of the text is what the pattern says. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern)(text);
}

/** A pattern made ready for many texts. */
export function compilePattern(pattern: string): (text: string) => boolean {
  const tokens = parse(pattern);
  return (text) => matches(tokens, Array.from(text));
}

function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted?.type === 'star') {
      star = token++;
      starAt = at;
    } else if (wanted !== undefined && matchesOne(wanted, text[at]!)) {
      token++;
      at++;
    } else if (star !== -1) {
      token = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token]?.type === 'star') token++;
  return token === tokens.length;
}

function matchesOne(token: Token, character: string): boolean {
  switch (token.type) {
    case 'character':
      return token.value === character;
    case 'any':
      return true;
    case 'set':
      return token.matches(character) !== token.negated;
    case 'star':
      return false;
  }
}

/** Whether a pattern has anything special in it. */
export const hasPattern = (pattern: string): boolean => /(^|[^\\])(\\\\)*[*?[]/.test(pattern);

/** The same text with nothing special in it. */
export const escapePattern = (text: string): string => text.replace(/[\\*?[\]!^-]/g, '\\$&');

/** A pattern's text where it stands for itself. */
export const unescapePattern = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1');

/** What is left when the shortest or longest match is taken off the front or the end (`${x#pattern}` and friends). */
export function withoutMatch(text: string, pattern: string, end: 'front' | 'back', longest: boolean): string {
  const test = compilePattern(pattern);
  const characters = Array.from(text);
  const lengths = Array.from({ length: characters.length + 1 }, (_, length) => length);
  if (longest) lengths.reverse();
  for (const length of lengths) {
    const cut = end === 'front' ? characters.slice(0, length) : characters.slice(characters.length - length);
    if (!test(cut.join(''))) continue;
    return (end === 'front' ? characters.slice(length) : characters.slice(0, characters.length - length)).join('');
  }
  return text;
}

/** `${text/pattern/replacement}`: the longest match at the first place, or at every place. */
export function replaceMatch(text: string, pattern: string, replacement: string, all: boolean): string {
  const test = compilePattern(pattern);
  const characters = Array.from(text);
  let result = '';
  for (let from = 0; from < characters.length;) {
    let length = characters.length - from;
    while (length > 0 && !test(characters.slice(from, from + length).join(''))) length--;
    if (length === 0) result += characters[from++]!;
    else {
      result += replacement;
      from += length;
      if (!all) return result + characters.slice(from).join('');
    }
  }
  return result;
}
