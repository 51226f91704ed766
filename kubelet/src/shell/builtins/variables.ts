import { write } from '../../container/standard-io.ts';
import { evaluateArithmetic } from '../arithmetic.ts';
import type { Builtin } from '../builtin.ts';
import type { OptionName } from '../shell-state.ts';
import { OPTION_LETTERS, ShellError } from '../shell-state.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `name=value` or `name`. */
function parseAssignment(command: string, text: string): { name: string; value: string | undefined } {
  const at = text.indexOf('=');
  const name = at === -1 ? text : text.slice(0, at);
  if (!NAME.test(name)) throw new ShellError(`${command}: ${name}: bad variable name`);
  return { name, value: at === -1 ? undefined : text.slice(at + 1) };
}

const quoted = (value: string): string => `'${value.replaceAll("'", `'"'"'`)}'`;

/** `export` and `readonly`, `[-p] [name[=value]...]`. */
export const exportBuiltin: Builtin = async (shell, [command, ...args], io) => {
  const mark = command as 'export' | 'readonly';
  const property = mark === 'export' ? 'exported' : 'readonly';
  const remove = args[0] === '-n';
  const operands = args.filter((argument) => !/^-[pn]$/.test(argument));
  if (operands.length === 0) {
    for (const [name, variable] of [...shell.state.variables].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      if (variable[property]) {
        const value = variable.value === undefined ? '' : `=${quoted(variable.value)}`;
        await write(shell.process, `${mark} ${name}${value}\n`, io.stdout);
      }
    return 0;
  }
  for (const operand of operands) {
    const { name, value } = parseAssignment(mark, operand);
    if (value !== undefined) shell.state.set(name, value);
    shell.state.mark(name, { [property]: !remove });
  }
  return 0;
};

/** `local name[=value]...`; `declare` and `typeset` likewise, with -x and -r. Outside of functions they only assign. */
export const localBuiltin: Builtin = async (shell, [command, ...args]) => {
  const saved = shell.state.locals.at(-1);
  if (saved === undefined && command === 'local') throw new ShellError('local: not in a function');
  const flags = args.filter((argument) => argument.startsWith('-')).join('');
  for (const operand of args.filter((argument) => !argument.startsWith('-'))) {
    const { name, value } = parseAssignment(command!, operand);
    if (saved !== undefined && !saved.has(name)) saved.set(name, shell.state.variables.get(name));
    if (value !== undefined) shell.state.set(name, value);
    else if (saved !== undefined) shell.state.mark(name, {});
    if (flags.includes('x')) shell.state.mark(name, { exported: true });
    if (flags.includes('r')) shell.state.mark(name, { readonly: true });
  }
  return 0;
};

/** `unset [-v | -f] names...` */
export const unsetBuiltin: Builtin = async (shell, [, ...args]) => {
  const functions = args.includes('-f');
  for (const name of args.filter((argument) => !/^-[vf]$/.test(argument))) {
    if (!functions && shell.state.variables.has(name)) shell.state.unset(name);
    else shell.state.functions.delete(name);
  }
  return 0;
};

/** `set [-eux...] [-o name] [--] [positional parameters]` */
export const setBuiltin: Builtin = async (shell, [, ...args], io) => {
  const { state } = shell;
  if (args.length === 0) {
    for (const [name, { value }] of [...state.variables].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      if (value !== undefined) await write(shell.process, `${name}=${quoted(value)}\n`, io.stdout);
    return 0;
  }
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument === '--' || argument === '-') {
      state.positional = args.slice(at + 1);
      return 0;
    }
    if (!/^[-+]./.test(argument)) {
      state.positional = args.slice(at);
      return 0;
    }
    const on = argument.startsWith('-');
    for (const letter of argument.slice(1)) {
      if (letter === 'o') {
        const name = args[at + 1];
        if (name === undefined) {
          for (const option of [...Object.values(OPTION_LETTERS), 'pipefail'] as const)
            await write(shell.process, `${option.padEnd(15)} ${state.options.has(option) ? 'on' : 'off'}\n`, io.stdout);
          return 0;
        }
        at++;
        changeOption(name, on);
      } else changeOption(OPTION_LETTERS[letter as keyof typeof OPTION_LETTERS] ?? letter, on, letter);
    }
  }
  return 0;

  function changeOption(name: string, on: boolean, letter?: string): void {
    const known: readonly string[] = [...Object.values(OPTION_LETTERS), 'pipefail'];
    if (!known.includes(name)) {
      // Options about line editing, history and hashing change nothing here.
      if (letter !== undefined && /^[bhiE]$/.test(letter)) return;
      if (['vi', 'emacs', 'posix', 'ignoreeof', 'notify', 'hashall', 'errtrace'].includes(name)) return;
      throw new ShellError(letter === undefined ? `set: illegal option -o ${name}` : `set: illegal option -${letter}`);
    }
    if (on) state.options.add(name as OptionName);
    else state.options.delete(name as OptionName);
  }
};

/** `let expressions...`: status 1 where the last one is 0. */
export const letBuiltin: Builtin = async (shell, [, ...expressions]) => {
  let value = 0n;
  for (const expression of expressions) value = evaluateArithmetic(expression, shell.state);
  return value === 0n ? 1 : 0;
};
