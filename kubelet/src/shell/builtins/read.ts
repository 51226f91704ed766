import { readChunk, write } from '../../container/standard-io.ts';
import { sleep } from '@kubarium/shared';
import type { Readable } from 'node:stream';
import type { Builtin } from '../builtin.ts';
import type { Interpreter } from '../interpreter.ts';
import { ShellError } from '../shell-state.ts';

/** `read [-r] [-p prompt] [-t seconds] [-n count] [-d delimiter] [names...]` */
export const readBuiltin: Builtin = async (shell, [, ...args], io) => {
  let raw = false;
  let timeoutSeconds: number | undefined;
  let count: number | undefined;
  let delimiter = '\n';
  let at = 0;
  for (; /^-./.test(args[at] ?? ''); at++) {
    const argument = args[at]!;
    if (argument === '--') {
      at++;
      break;
    }
    for (let i = 1; i < argument.length; i++) {
      const letter = argument[i]!;
      if (letter === 'r') raw = true;
      else if (letter !== 's' && 'ptnduN'.includes(letter)) {
        const value = argument.slice(i + 1) || args[++at] || '';
        if (letter === 'p') await write(shell.process, value, io.stderr);
        else if (letter === 't') timeoutSeconds = Number(value);
        else if (letter === 'd') delimiter = value.slice(0, 1) || '\0';
        else if (letter !== 'u') count = Number(value);
        break;
      } else if (letter !== 's') throw new ShellError(`read: illegal option -${letter}`);
    }
  }
  const names = args.slice(at);
  const { text, ended, timedOut } = await readRecord(shell, io.stdin, { raw, count, delimiter, timeoutSeconds });
  assignFields(shell, text, names);
  return timedOut ? 129 : ended ? 1 : 0;
};

interface RecordOptions {
  readonly raw: boolean;
  readonly count: number | undefined;
  readonly delimiter: string;
  readonly timeoutSeconds: number | undefined;
}

/** A character of the record; an escaped one separates no fields. */
interface ReadCharacter {
  readonly value: string;
  readonly escaped: boolean;
}

async function readRecord(
  shell: Interpreter,
  stdin: Readable,
  options: RecordOptions,
): Promise<{ text: ReadCharacter[]; ended: boolean; timedOut: boolean }> {
  const timeout = new AbortController();
  const { killed, runtime } = shell.process;
  if (options.timeoutSeconds !== undefined)
    void sleep(runtime.clock, options.timeoutSeconds * 1000, AbortSignal.any([killed, timeout.signal])).then(
      () => timeout.abort('timeout'),
      () => {},
    );
  const signal = options.timeoutSeconds === undefined ? killed : AbortSignal.any([killed, timeout.signal]);
  const bytes: number[] = [];
  const escaped = new Set<number>();
  const delimiter = options.delimiter.charCodeAt(0);
  let ended = false;
  let timedOut = false;
  let afterBackslash = false;
  try {
    reading: for (;;) {
      const chunk = await readChunk(stdin, signal);
      if (chunk === undefined) {
        ended = true;
        break;
      }
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i]!;
        let done = false;
        if (afterBackslash) {
          afterBackslash = false;
          // A backslash at the end of the line continues it.
          if (byte !== 0x0a) {
            escaped.add(bytes.length);
            bytes.push(byte);
          }
        } else if (byte === 0x5c && !options.raw) afterBackslash = true;
        else if (byte === delimiter) done = true;
        else bytes.push(byte);
        if (done || (options.count !== undefined && bytes.length >= options.count)) {
          if (i + 1 < chunk.length) stdin.unshift(chunk.subarray(i + 1));
          break reading;
        }
      }
    }
  } catch (error) {
    if (killed.aborted || !timeout.signal.aborted) throw error;
    timedOut = true;
  }
  timeout.abort('done');
  return { text: characters(bytes, escaped), ended, timedOut };
}

function characters(bytes: readonly number[], escaped: ReadonlySet<number>): ReadCharacter[] {
  const result: ReadCharacter[] = [];
  let at = 0;
  for (const value of Buffer.from(bytes).toString()) {
    result.push({ value, escaped: escaped.has(at) });
    at += Buffer.byteLength(value);
  }
  return result;
}

/** Puts the fields into the variables, what is left over into the last one. */
function assignFields(shell: Interpreter, text: readonly ReadCharacter[], names: readonly string[]): void {
  if (names.length === 0) {
    shell.state.set('REPLY', text.map(({ value }) => value).join(''));
    return;
  }
  const separators = shell.state.get('IFS') ?? ' \t\n';
  const separates = (at: number): boolean => !text[at]!.escaped && separators.includes(text[at]!.value);
  const blank = (at: number): boolean => separates(at) && /[ \t\n]/.test(text[at]!.value);
  let at = 0;
  while (at < text.length && blank(at)) at++;
  for (const [i, name] of names.entries()) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new ShellError(`read: ${name}: bad variable name`);
    let end = at;
    if (i === names.length - 1) {
      end = text.length;
      while (end > at && blank(end - 1)) end--;
    } else while (end < text.length && !separates(end)) end++;
    shell.state.set(
      name,
      text
        .slice(at, end)
        .map(({ value }) => value)
        .join(''),
    );
    at = end;
    while (at < text.length && blank(at)) at++;
    if (at < text.length && separates(at)) at++;
    while (at < text.length && blank(at)) at++;
  }
}

/** `getopts optstring name [arguments]` */
export const getoptsBuiltin: Builtin = async (shell, [, options, name, ...given], io) => {
  if (options === undefined || name === undefined) throw new ShellError('getopts: usage: getopts optstring var [arg]');
  const { state } = shell;
  const args = given.length > 0 ? given : state.positional;
  let index = Number(state.get('OPTIND') ?? 1);
  let offset = Number(state.get('_OPTOFFSET') ?? 1);
  const argument = args[index - 1];
  const finish = (): number => {
    state.set(name, '?');
    state.set('OPTIND', String(index));
    state.unset('_OPTOFFSET');
    return 1;
  };
  if (argument === undefined || !/^-./.test(argument)) return finish();
  if (argument === '--') {
    index++;
    return finish();
  }
  const letter = argument[offset]!;
  const known = letter !== ':' && options.includes(letter, options.startsWith(':') ? 1 : 0);
  const takesValue = known && options[options.indexOf(letter) + 1] === ':';
  let status: string = known ? letter : '?';
  if (takesValue) {
    const value = argument.slice(offset + 1) || args[index];
    index += argument.length > offset + 1 ? 1 : 2;
    offset = 1;
    if (value === undefined) {
      status = options.startsWith(':') ? ':' : '?';
      if (options.startsWith(':')) state.set('OPTARG', letter);
      else await shell.complain(`No arg for -${letter} option`, io);
    } else state.set('OPTARG', value);
  } else {
    state.unset('OPTARG');
    if (++offset >= argument.length) {
      index++;
      offset = 1;
    }
    if (!known && options.startsWith(':')) state.set('OPTARG', letter);
    else if (!known) await shell.complain(`Illegal option -${letter}`, io);
  }
  state.set(name, status);
  state.set('OPTIND', String(index));
  state.set('_OPTOFFSET', String(offset));
  return 0;
};
