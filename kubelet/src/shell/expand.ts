import type { FileSystem } from '../container/file-system.ts';
import { FileSystemError } from '../container/file-system.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { List, Word, WordPart } from './ast.ts';
import { compilePattern, escapePattern, hasPattern, replaceMatch, unescapePattern, withoutMatch } from './pattern.ts';
import { ShellError } from './shell-state.ts';
import type { ShellState } from './shell-state.ts';

/** A run of text; `splits` where the field separators cut it (the result of an unquoted expansion). */
interface Fragment {
  readonly text: string;
  readonly quoted: boolean;
  readonly splits: boolean;
}

/** Between two parameters of `"$@"`. */
const FIELD_BREAK = Symbol('field break');

export interface Expander {
  readonly state: ShellState;
  readonly files: FileSystem;
  /** What a command substitution writes. */
  substitute(body: List): Promise<string>;
}

/** A word's fields: expanded, split, and with file names put for patterns. */
export async function expandFields(word: Word, expander: Expander): Promise<string[]> {
  const simple = word.parts[0];
  if (word.parts.length === 1 && simple?.type === 'literal' && (simple.quoted || !/[*?[~{]/.test(simple.text)))
    return [simple.text];
  const fields: string[] = [];
  for (const braced of expandBraces(word)) {
    const fragments = await expandParts(withTilde(braced, expander.state), expander, true);
    for (const field of splitFields(fragments, expander.state.get('IFS') ?? ' \t\n')) {
      const pattern = field.map(({ text, quoted }) => (quoted ? escapePattern(text) : text)).join('');
      const names =
        !expander.state.options.has('noglob') && field.some(({ quoted }) => !quoted) && hasPattern(pattern)
          ? glob(pattern, expander)
          : [];
      if (names.length > 0) fields.push(...names);
      else fields.push(field.map(({ text }) => text).join(''));
    }
  }
  return fields;
}

/** A word as one string: for assignments, here-documents, redirections. */
export async function expandText(word: Word, expander: Expander): Promise<string> {
  const simple = word.parts[0];
  if (word.parts.length === 1 && simple?.type === 'literal' && (simple.quoted || !simple.text.startsWith('~')))
    return simple.text;
  const fragments = await expandParts(withTilde(word, expander.state), expander, false);
  return fragments.map((fragment) => (fragment === FIELD_BREAK ? ' ' : fragment.text)).join('');
}

/** A word as a pattern: what was quoted stands for itself. */
export async function expandPattern(word: Word, expander: Expander): Promise<string> {
  const fragments = await expandParts(withTilde(word, expander.state), expander, false);
  return fragments
    .map((fragment) =>
      fragment === FIELD_BREAK ? ' ' : fragment.quoted ? escapePattern(fragment.text) : fragment.text,
    )
    .join('');
}

type Fragments = (Fragment | typeof FIELD_BREAK)[];

async function expandParts(word: Word, expander: Expander, splitting: boolean): Promise<Fragments> {
  const fragments: Fragments = [];
  for (const part of word.parts) {
    switch (part.type) {
      case 'literal':
        fragments.push({ text: part.text, quoted: part.quoted, splits: false });
        break;
      case 'parameter':
        fragments.push(...(await expandParameter(part, expander, splitting)));
        break;
      case 'command': {
        const text = (await expander.substitute(part.body)).replace(/\n+$/, '');
        fragments.push({ text, quoted: part.quoted, splits: !part.quoted });
        break;
      }
      case 'arithmetic': {
        const value = evaluateArithmetic(await expandText(part.expression, expander), expander.state);
        fragments.push({ text: String(value), quoted: part.quoted, splits: !part.quoted });
        break;
      }
    }
  }
  return fragments;
}

type Parameter = Extract<WordPart, { type: 'parameter' }>;

async function expandParameter(part: Parameter, expander: Expander, splitting: boolean): Promise<Fragments> {
  const { state } = expander;
  const { name, quoted } = part;
  const made = (text: string): Fragments => [{ text, quoted, splits: !quoted }];
  if ((name === '@' || name === '*') && !part.length && (part.operator === undefined || state.positional.length > 0))
    return allParameters(name, quoted, state, splitting);
  const value = parameterValue(name, state);
  if (part.length) {
    if (value === undefined) unsetError(name, state);
    return made(String(name === '@' || name === '*' ? state.positional.length : Array.from(value ?? '').length));
  }
  const missing = value === undefined || (part.colon && value === '');
  const { word } = part;
  switch (part.operator) {
    case undefined:
      if (value === undefined) unsetError(name, state);
      return made(value ?? '');
    case '-':
      return missing
        ? expandParts(word!, expander, splitting).then((found) => asExpansion(found, quoted))
        : made(value);
    case '+':
      return missing ? made('') : expandParts(word!, expander, splitting).then((found) => asExpansion(found, quoted));
    case '=': {
      if (!missing) return made(value);
      if (!/^[A-Za-z_]/.test(name)) throw new ShellError(`${name}: bad variable name`);
      const text = await expandText(word!, expander);
      state.set(name, text);
      return made(text);
    }
    case '?': {
      if (!missing) return made(value);
      const text = await expandText(word!, expander);
      throw new ShellError(`${name}: ${text === '' ? 'parameter not set' : text}`);
    }
    case '#':
    case '##':
    case '%':
    case '%%': {
      if (value === undefined) unsetError(name, state);
      const pattern = await expandPattern(word!, expander);
      const end = part.operator.startsWith('#') ? 'front' : 'back';
      return made(withoutMatch(value ?? '', pattern, end, part.operator.length === 2));
    }
    case '/':
    case '//': {
      const pattern = await expandPattern(word!, expander);
      const replacement = part.second === undefined ? '' : await expandText(part.second, expander);
      return made(replaceMatch(value ?? '', pattern, replacement, part.operator === '//'));
    }
    case ':': {
      const characters = Array.from(value ?? '');
      const number = async (text: Word): Promise<number> =>
        Number(evaluateArithmetic(await expandText(text, expander), state));
      const from = await number(word!);
      const start = from < 0 ? Math.max(0, characters.length + from) : from;
      const length = part.second === undefined ? undefined : await number(part.second);
      const end = length === undefined ? undefined : length < 0 ? length : start + length;
      return made(characters.slice(start, end).join(''));
    }
    case '^^':
      return made((value ?? '').toUpperCase());
    case ',,':
      return made((value ?? '').toLowerCase());
  }
}

/** What stands in a parameter's word is subject to splitting where the parameter itself is not quoted. */
const asExpansion = (fragments: Fragments, quoted: boolean): Fragments =>
  fragments.map((fragment) =>
    fragment === FIELD_BREAK
      ? fragment
      : { ...fragment, quoted: fragment.quoted || quoted, splits: !fragment.quoted && !quoted },
  );

function allParameters(name: '@' | '*', quoted: boolean, state: ShellState, splitting: boolean): Fragments {
  if (quoted && name === '*') {
    const separator = (state.get('IFS') ?? ' ').slice(0, 1);
    return [{ text: state.positional.join(separator), quoted: true, splits: false }];
  }
  if (!splitting) return [{ text: state.positional.join(' '), quoted, splits: false }];
  const fragments: Fragments = [];
  for (const [i, text] of state.positional.entries()) {
    if (i > 0) fragments.push(FIELD_BREAK);
    fragments.push({ text, quoted, splits: !quoted });
  }
  return fragments;
}

/** The value of a parameter, special ones included. */
function parameterValue(name: string, state: ShellState): string | undefined {
  switch (name) {
    case '':
      return undefined;
    case '?':
      return String(state.lastStatus);
    case '$':
      return String(state.pid);
    case '!':
      return state.lastBackgroundPid === undefined ? '' : String(state.lastBackgroundPid);
    case '#':
      return String(state.positional.length);
    case '-':
      return state.flags();
    case '0':
      return state.name;
    case '@':
    case '*':
      return state.positional.length === 0 ? undefined : state.positional.join(' ');
    default:
      return /^\d/.test(name) ? state.positional[Number(name) - 1] : state.get(name);
  }
}

function unsetError(name: string, state: ShellState): void {
  if (state.options.has('nounset') && name !== '@' && name !== '*') throw new ShellError(`${name}: parameter not set`);
}

/** `~` and `~/...` at the front of a word. Simplified: `~user` is left alone. */
function withTilde(word: Word, state: ShellState): Word {
  const first = word.parts[0];
  if (first?.type !== 'literal' || first.quoted || !/^~(?=\/|$)/.test(first.text)) return word;
  if (first.text === '~' && word.parts.length > 1 && !firstCharacterIsSlash(word.parts[1]!)) return word;
  const home = state.get('HOME');
  if (home === undefined) return word;
  return {
    parts: [
      { type: 'literal', text: home, quoted: true },
      { type: 'literal', text: first.text.slice(1), quoted: false },
      ...word.parts.slice(1),
    ],
  };
}

const firstCharacterIsSlash = (part: WordPart): boolean => part.type === 'literal' && part.text.startsWith('/');

/** `a{1,2}b` and `{1..5}`, where the braces stand in one unquoted piece of the word. */
function expandBraces(word: Word): Word[] {
  for (const [i, part] of word.parts.entries()) {
    if (part.type !== 'literal' || part.quoted) continue;
    const found = /\{(?:(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?|([^{},]*(?:,[^{},]*)+))\}/.exec(part.text);
    if (found === null) continue;
    const before = part.text.slice(0, found.index);
    const after = part.text.slice(found.index + found[0].length);
    const choices = found[4]?.split(',') ?? sequence(Number(found[1]), Number(found[2]), Number(found[3] ?? 1));
    return choices.flatMap((choice) =>
      expandBraces({
        parts: [
          ...word.parts.slice(0, i),
          { type: 'literal', text: before + choice + after, quoted: false },
          ...word.parts.slice(i + 1),
        ],
      }),
    );
  }
  return [word];
}

function sequence(from: number, to: number, step: number): string[] {
  const size = Math.max(1, Math.abs(step));
  const count = Math.min(Math.floor(Math.abs(to - from) / size) + 1, 100_000);
  return Array.from({ length: count }, (_, i) => String(from + (from <= to ? i : -i) * size));
}

/** Cuts what may be cut at the field separators (POSIX 2.6.5); quoted pieces keep a field alive though it be empty. */
function splitFields(fragments: Fragments, separators: string): Fragment[][] {
  const fields: Fragment[][] = [];
  let field: Fragment[] = [];
  let open = false;
  const close = (): void => {
    if (open) fields.push(field);
    field = [];
    open = false;
  };
  const blank = (character: string): boolean => separators.includes(character) && /[ \t\n]/.test(character);
  for (const fragment of fragments) {
    if (fragment === FIELD_BREAK) {
      close();
      continue;
    }
    if (!fragment.splits || separators === '') {
      if (fragment.text !== '' || fragment.quoted) {
        field.push(fragment);
        open = true;
      }
      continue;
    }
    let text = '';
    const flush = (): void => {
      if (text === '') return;
      field.push({ ...fragment, text });
      text = '';
      open = true;
    };
    let afterBlankOnly = false;
    for (const character of fragment.text) {
      if (!separators.includes(character)) {
        text += character;
        afterBlankOnly = false;
      } else if (blank(character)) {
        if (text !== '' || open) {
          flush();
          close();
          afterBlankOnly = true;
        }
      } else {
        flush();
        // A separator of its own right ends a field even where it is empty; blanks before it belong to it.
        if (!afterBlankOnly) open = true;
        close();
        afterBlankOnly = false;
      }
    }
    flush();
  }
  close();
  return fields;
}

const MAX_GLOB_RESULTS = 100_000;

/** The paths that a pattern names, in order; none where it names none. */
function glob(pattern: string, { files, state }: Expander): string[] {
  const parts = pattern.split('/');
  let found: string[] = [pattern.startsWith('/') ? '/' : ''];
  for (const [i, part] of parts.entries()) {
    if (part === '') {
      if (i > 0 && i === parts.length - 1)
        found = found.filter((path) => isDirectory(files, path, state)).map((path) => `${path}/`);
      continue;
    }
    const next: string[] = [];
    for (const directory of found) {
      const join = (name: string): string =>
        directory === '' || directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
      if (!hasPattern(part)) {
        const path = join(unescapePattern(part));
        if (files.exists(absolute(path, state))) next.push(path);
        continue;
      }
      const test = compilePattern(part);
      for (const name of namesIn(files, absolute(directory === '' ? '.' : directory, state)))
        if ((part.startsWith('.') || !name.startsWith('.')) && test(name)) next.push(join(name));
      if (next.length > MAX_GLOB_RESULTS) break;
    }
    found = next;
  }
  return found;
}

const absolute = (path: string, state: ShellState): string => (path.startsWith('/') ? path : `${state.cwd}/${path}`);

const isDirectory = (files: FileSystem, path: string, state: ShellState): boolean =>
  files.exists(absolute(path, state)) && files.stat(absolute(path, state)).type === 'directory';

function namesIn(files: FileSystem, path: string): string[] {
  try {
    return files.readDirectory(path);
  } catch (error) {
    if (error instanceof FileSystemError) return [];
    throw error;
  }
}
