import { parseSignal, SIGNAL_NUMBERS } from '../../container/signals.ts';
import type { SignalName } from '../../container/process.ts';
import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import type { Builtin } from '../builtin.ts';
import { FunctionReturn, LoopJump, ShellExit } from '../control-flow.ts';
import type { Interpreter } from '../interpreter.ts';
import { ShellError } from '../shell-state.ts';

function statusArgument(shell: Interpreter, name: string, text: string | undefined): number {
  if (text === undefined) return shell.state.lastStatus;
  if (!/^-?\d+$/.test(text)) throw new ShellError(`${name}: Illegal number: ${text}`);
  return Number(text) & 0xff;
}

/** `exit [n]` */
export const exitBuiltin: Builtin = async (shell, [, status]) => {
  throw new ShellExit(statusArgument(shell, 'exit', status));
};

/** `return [n]`: from a function or a sourced file; elsewhere it ends the shell, as in dash. */
export const returnBuiltin: Builtin = async (shell, [, status]) => {
  throw new FunctionReturn(statusArgument(shell, 'return', status));
};

/** `break [n]` and `continue [n]`; nothing outside of loops. */
export const breakBuiltin: Builtin = async (shell, [name, text]) => {
  const levels = text === undefined ? 1 : Number(text);
  if (!Number.isInteger(levels) || levels < 1) throw new ShellError(`${name}: Illegal number: ${text}`);
  if (shell.state.loopDepth === 0) return 0;
  throw new LoopJump(name as 'break' | 'continue', levels);
};

/** `eval words...` */
export const evalBuiltin: Builtin = (shell, [, ...words], io) => shell.evaluate(words.join(' '), io);

/** `. file [arguments]` */
export const sourceBuiltin: Builtin = async (shell, [name, file, ...positional], io) => {
  if (file === undefined) throw new ShellError(`${name}: filename argument required`);
  const paths = file.includes('/')
    ? [file]
    : [...(shell.state.get('PATH') ?? '').split(':').map((directory) => `${directory}/${file}`), file];
  const place = { cwd: shell.state.cwd, pid: shell.process.pid };
  const path = paths
    .map((candidate) => absolutePath(place, candidate))
    .find((candidate) => shell.files.exists(candidate));
  if (path === undefined) throw new ShellError(`.: can't open '${file}': No such file or directory`);
  let text;
  try {
    text = shell.files.readFile(path, shell.process).toString();
  } catch (error) {
    if (error instanceof FileSystemError) throw new ShellError(`.: can't open '${file}': ${error.reason}`);
    throw error;
  }
  if (shell.state.sourceDepth > 100) throw new ShellError(`.: ${file}: too many nested files`);
  const outer = shell.state.positional;
  if (positional.length > 0) shell.state.positional = positional;
  shell.state.sourceDepth++;
  try {
    return await shell.evaluate(text, io);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    shell.state.sourceDepth--;
    shell.state.positional = outer;
  }
};

/** `shift [n]` */
export const shiftBuiltin: Builtin = async (shell, [, text]) => {
  const count = text === undefined ? 1 : Number(text);
  if (!Number.isInteger(count) || count < 0) throw new ShellError(`shift: Illegal number: ${text}`);
  if (count > shell.state.positional.length) return 1;
  shell.state.positional = shell.state.positional.slice(count);
  return 0;
};

/** `trap [action] signal...`: without arguments it shows what is set. */
export const trapBuiltin: Builtin = async (shell, [, ...args], io) => {
  if (args[0] === '--') args.shift();
  if (args[0] === '-l' || args.length === 0) {
    const order = (name: string): number => (name === 'EXIT' ? 0 : SIGNAL_NUMBERS[name as SignalName]);
    for (const [signal, action] of [...shell.state.traps].toSorted(([a], [b]) => order(a) - order(b)))
      await write(
        shell.process,
        `trap -- '${action.replaceAll("'", `'"'"'`)}' ${signal.replace(/^SIG/, '')}\n`,
        io.stdout,
      );
    return 0;
  }
  const reset = args.length === 1 || args[0] === '-' || /^\d+$/.test(args[0]!);
  const action = reset ? undefined : args[0]!;
  let status = 0;
  for (const name of reset && args[0] !== '-' ? args : args.slice(1)) {
    const signal = name === '0' || name.toUpperCase() === 'EXIT' ? 'EXIT' : parseSignal(name);
    if (signal === undefined) {
      // Signals that nothing here ever sends can be trapped all the same.
      if (
        /^(SIG)?(ALRM|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|IO|PWR|SYS|ABRT|BUS|FPE|ILL|SEGV|TRAP|ERR|DEBUG|RETURN|\d{1,2})$/i.test(
          name,
        )
      )
        continue;
      await shell.complain(`trap: ${name}: invalid signal specification`, io);
      status = 1;
    } else shell.traps.set(signal, action);
  }
  return status;
};
