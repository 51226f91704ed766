import { write } from '../../container/standard-io.ts';
import type { Builtin } from '../builtin.ts';
import { echoText, printFormat } from '../print-format.ts';
import { evaluateTest, TestError } from '../test-expression.ts';
import {
  breakBuiltin,
  evalBuiltin,
  exitBuiltin,
  returnBuiltin,
  shiftBuiltin,
  sourceBuiltin,
  trapBuiltin,
} from './control.ts';
import { cdBuiltin, hashBuiltin, pwdBuiltin, typeBuiltin, commandBuiltin, umaskBuiltin } from './environment.ts';
import { bgBuiltin, fgBuiltin, jobsBuiltin, killBuiltin, waitBuiltin } from './jobs.ts';
import { getoptsBuiltin, readBuiltin } from './read.ts';
import { exportBuiltin, letBuiltin, localBuiltin, setBuiltin, unsetBuiltin } from './variables.ts';

const trueBuiltin: Builtin = async () => 0;
const falseBuiltin: Builtin = async () => 1;

const echoBuiltin: Builtin = async (shell, [, ...args], io) => {
  await write(shell.process, echoText(args), io.stdout);
  return 0;
};

const printfBuiltin: Builtin = async (shell, [, format, ...args], io) => {
  if (format === undefined) {
    await shell.complain('printf: usage: printf FORMAT [ARG]...', io);
    return 2;
  }
  const complaints: string[] = [];
  const { text } = printFormat(format, args, (message) => complaints.push(message));
  await write(shell.process, text, io.stdout);
  for (const message of complaints) await shell.complain(`printf: ${message}`, io);
  return complaints.length > 0 ? 1 : 0;
};

const testBuiltin: Builtin = async (shell, [name, ...words], io) => {
  try {
    if (name === '[' && words.pop() !== ']') throw new TestError('missing ]');
    return evaluateTest(words, shell.process, shell.state.cwd) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await shell.complain(error.message, io);
    return 2;
  }
};

/** POSIX's special built-ins: their assignments stay, no function hides them. */
export const specialBuiltins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', trueBuiltin],
  ['.', sourceBuiltin],
  ['source', sourceBuiltin],
  ['break', breakBuiltin],
  ['continue', breakBuiltin],
  ['eval', evalBuiltin],
  ['exit', exitBuiltin],
  ['export', exportBuiltin],
  ['readonly', exportBuiltin],
  ['return', returnBuiltin],
  ['set', setBuiltin],
  ['shift', shiftBuiltin],
  ['trap', trapBuiltin],
  ['unset', unsetBuiltin],
]);

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['[', testBuiltin],
  ['bg', bgBuiltin],
  ['cd', cdBuiltin],
  ['command', commandBuiltin],
  ['declare', localBuiltin],
  ['echo', echoBuiltin],
  ['false', falseBuiltin],
  ['fg', fgBuiltin],
  ['getopts', getoptsBuiltin],
  ['hash', hashBuiltin],
  ['jobs', jobsBuiltin],
  ['kill', killBuiltin],
  ['let', letBuiltin],
  ['local', localBuiltin],
  ['printf', printfBuiltin],
  ['pwd', pwdBuiltin],
  ['read', readBuiltin],
  ['test', testBuiltin],
  ['true', trueBuiltin],
  ['type', typeBuiltin],
  ['typeset', localBuiltin],
  ['umask', umaskBuiltin],
  ['wait', waitBuiltin],
]);
