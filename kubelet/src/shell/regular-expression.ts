/**
 * A POSIX regular expression in JavaScript's syntax.
 *
 * Simplified: alternatives are tried from left to right and the first that fits is taken; POSIX takes the longest. Patterns with
 * nested repetition can be slow.
 */
export function posixRegExp(pattern: string, dialect: 'basic' | 'extended'): string {
  let result = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === '[') {
      const end = bracketEnd(pattern, i);
      if (end === -1) {
        result += '\\[';
        continue;
      }
      result += bracket(pattern.slice(i, end + 1));
      i = end;
    } else if (character === '\\') {
      const next = pattern[++i] ?? '\\';
      if (dialect === 'basic' && '(){}|+?'.includes(next)) result += next;
      else if (next === '<') result += '\\b(?=\\w)';
      else if (next === '>') result += '\\b(?<=\\w)';
      else if (/[a-zA-Z0-9]/.test(next)) result += /[bBwWsSdDntr1-9]/.test(next) ? `\\${next}` : next;
      else result += `\\${next}`;
    } else if (dialect === 'basic' && '(){}|+?'.includes(character)) result += `\\${character}`;
    else if (character === '*' && (result === '' || result.endsWith('(') || result === '^')) result += '\\*';
    else if (dialect === 'basic' && character === '^' && result !== '' && !/(\(|\|)$/.test(result)) result += '\\^';
    else if (
      dialect === 'basic' &&
      character === '$' &&
      i < pattern.length - 1 &&
      !/^\\[)|]/.test(pattern.slice(i + 1))
    )
      result += '\\$';
    else if (dialect === 'extended' && character === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) result += '\\{';
    else result += character;
  }
  return result;
}

function bracketEnd(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  for (; i < pattern.length; i++) {
    if (pattern.startsWith('[:', i)) i = Math.max(i, pattern.indexOf(':]', i) + 1);
    else if (pattern[i] === ']') return i;
  }
  return -1;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9a-fA-F',
  print: ' -~',
  graph: '!-~',
  cntrl: '\\x00-\\x1f',
};

function bracket(text: string): string {
  const inner = text
    .slice(1, -1)
    .replace(/\[:(\w+):\]|[\\[\]]/g, (all, name: string | undefined) =>
      name === undefined ? (all === '\\' ? '\\' : `\\${all}`) : (CLASSES[name] ?? ''),
    );
  // A backslash is itself in POSIX; people write \s, \d and \] all the same, and GNU does as they mean.
  return `[${inner.replace(/\\(?![\\[\]sSdDwWntrx\-/])/g, '\\\\')}]`;
}
