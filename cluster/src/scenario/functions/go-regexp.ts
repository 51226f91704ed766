/**
 * Regular expressions as Go (RE2) writes them, made into JavaScript's. Read from left to right:
 *
 * 1. `(?flags)` at the start: i, m, s.
 * 2. `(?P<name>`, `(?<name>`, `(?:` and plain groups; looking around is refused, as in Go.
 * 3. `[...]` with `[:alpha:]` classes; a `]` that comes first is a character.
 * 4. `\A`, `\z`, `\Q...\E`, `\pL`, `\x{41}` and escaped punctuation; references to groups are refused, as in Go.
 * 5. `.` is all but a newline, `\s` the five white spaces of ASCII, and `{` that begins no repetition is a character.
 *
 * Simplified: Go has flags in the middle, `(?U)` and `[[:^alpha:]]`, which are refused here; its expressions take a time linear in the text,
 * JavaScript's try again and again where a pattern like `(a+)+b` does not match.
 */
export function goRegExp(pattern: string, moreFlags = ''): RegExp {
  const leading = /^\(\?([ims]*)\)/.exec(pattern);
  const flags = leading?.[1] ?? '';
  try {
    const source = translated(pattern.slice(leading?.[0].length ?? 0), flags.includes('s'));
    return new RegExp(source, `u${flags.replace('s', '')}${moreFlags}`);
  } catch (error) {
    throw new Error(`${JSON.stringify(pattern)} is no regular expression of Go's: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A text as a pattern that matches just it. */
export const escapedForRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/**
 * A replacement as Go writes it, filled in: `$1`, `${1}`, `$name`, `${name}`, `$$`. A name is as long as it can be (`$1x` is the group
 * `1x`); what names no group is empty.
 */
export function filledTemplate(
  template: string,
  groups: readonly (string | undefined)[],
  named: Readonly<Record<string, string | undefined>> = {},
): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (found, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return found === '$$' ? '$' : found;
    return (/^\d+$/.test(name) ? groups[Number(name)] : named[name]) ?? '';
  });
}

/** All matches replaced; one that is empty does not count right behind another, as in Go. */
export function replaceAll(
  pattern: string,
  text: string,
  by: (groups: readonly (string | undefined)[], named?: Readonly<Record<string, string | undefined>>) => string,
): string {
  let result = '';
  let end = 0;
  let last = -1;
  for (const match of text.matchAll(goRegExp(pattern, 'g'))) {
    const { 0: found, index } = match;
    if (found === '' && index === last) continue;
    result += text.slice(end, index) + by(match, match.groups);
    end = last = index + found.length;
  }
  return result + text.slice(end);
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const TOKEN =
  /\\Q(?<quoted>.*?)(?:\\E|$)|\\p(?<letter>[A-Z])|(?<property>\\[pP]\{\^?\w+\})|\\x\{(?<code>[0-9A-Fa-f]+)\}|\\(?<escaped>.)|\[(?<not>\^?)(?<first>\]?)(?<set>(?:\[:\^?\w+:\]|\\.|[^\]\\])*)(?<end>\]?)|\(\?P?<(?<name>\w+)>|(?<group>\(\?[^:])|(?<repeat>\{\d+(?:,\d*)?\})|(?<brace>[{}\]])|(?<dot>\.)|(?<other>[\s\S])/gsu;

function translated(pattern: string, dotAll: boolean): string {
  return Array.from(pattern.matchAll(TOKEN), ({ 0: whole, groups = {} }) => {
    const { quoted, letter, property, code, escaped, set, name, group, brace, dot } = groups;
    if (quoted !== undefined) return escapedForRegExp(quoted);
    if (letter !== undefined) return `\\p{${letter}}`;
    if (property !== undefined) return propertyClass(property);
    if (code !== undefined) return `\\u{${code}}`;
    if (escaped !== undefined) return outside(escaped);
    if (set !== undefined) return characterSet(groups);
    if (name !== undefined) return `(?<${name}>`;
    if (group !== undefined) throw new Error(`${group} is not there in Go, or not here in the middle`);
    if (brace !== undefined) return `\\${brace}`;
    if (dot !== undefined) return dotAll ? '[\\s\\S]' : '[^\\n]';
    return whole;
  }).join('');
}

const WHITE_SPACE = '\\t\\n\\f\\r ';

function outside(escaped: string): string {
  if (escaped === 'A') return '(?<![\\s\\S])';
  if (escaped === 'z') return '(?![\\s\\S])';
  if (escaped === 's') return `[${WHITE_SPACE}]`;
  if (escaped === 'S') return `[^${WHITE_SPACE}]`;
  return escaped === '-' ? '-' : character(escaped);
}

/** What stands behind a backslash, in or out of brackets. */
function character(escaped: string): string {
  if (escaped === 'a') return '\\x07';
  if (/[dDwWbBtnvfrxs]/.test(escaped)) return `\\${escaped}`;
  if (/\w/.test(escaped) && escaped !== '_') throw new Error(`\\${escaped} is no escape`);
  return /[\\^$.*+?()[\]{}|/-]/.test(escaped) ? `\\${escaped}` : escaped;
}

function propertyClass(property: string): string {
  const [, kind, not, name] = /^\\([pP])\{(\^?)(\w+)\}$/.exec(property)!;
  const negated = (kind === 'P') !== (not === '^');
  return `\\${negated ? 'P' : 'p'}{${name!.length <= 2 ? name : `Script=${name}`}}`;
}

function characterSet({ not = '', first = '', set = '', end = '' }: Record<string, string | undefined>): string {
  if (end === '') throw new Error('a [ has no ]');
  const inside = set.replace(
    /\[:(\^?)(\w+):\]|\\([pP]\{\^?\w+\})|\\p([A-Z])|\\x\{(\w+)\}|\\([^])|\[/gu,
    (found, ...parts) => {
      const [inverse, name, property, letter, code, escaped] = parts as (string | undefined)[];
      if (name !== undefined) return classMembers(name, inverse === '^');
      if (property !== undefined) return propertyClass(`\\${property}`);
      if (letter !== undefined) return `\\p{${letter}}`;
      if (code !== undefined) return `\\u{${code}}`;
      if (escaped === 's') return WHITE_SPACE;
      return escaped === undefined ? `\\${found}` : character(escaped);
    },
  );
  // A minus at an end or behind a class is itself; elsewhere it makes a range.
  return `[${not}${first === '' ? '' : '\\]'}${inside.replace(/^-|-$|(?<=\\[dDwW])-/g, '\\-')}]`;
}

function classMembers(name: string, isInverse: boolean): string {
  const members = CLASSES[name];
  if (members === undefined || isInverse) throw new Error(`there is no class [:${isInverse ? '^' : ''}${name}:] here`);
  return members;
}
