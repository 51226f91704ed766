import { FileSystemError } from '../container/file-system.ts';
import type { Process, Program } from '../container/process.ts';
import { absolutePath, readLine, write } from '../container/standard-io.ts';
import { TtyInput } from '../container/tty.ts';
import type { List } from './ast.ts';
import { Interrupted, ShellExit } from './control-flow.ts';
import { errorReport } from './error-report.ts';
import { Interpreter } from './interpreter.ts';
import { Parser } from './parser.ts';
import { ShellSyntaxError } from './shell-syntax-error.ts';
import { setBuiltin } from './builtins/variables.ts';
import { ShellError, ShellState } from './shell-state.ts';

/**
 * The shell: `sh [-eux...] [-c script [name]] [file] [arguments]`. Without a script it reads commands from standard input, with
 * a prompt where that is a terminal or `-i` is given. Stands for busybox's ash, with what people use of bash.
 */
export const shell: Program = async (process) => {
  const state = ShellState.fromEnvironment(process.env);
  state.pid = process.pid;
  state.cwd = process.cwd;
  state.name = (process.argv[0] ?? '').replace(/^-/, '');
  state.set('PWD', state.cwd);
  state.set('PPID', '0');
  state.set('IFS', ' \t\n');
  state.set('OPTIND', '1');
  const interpreter = new Interpreter(process, state);
  const args = process.argv.slice(1);
  let script: string | undefined;
  let takesScript = false;
  let forcesInteractive = false;
  let fromStdin = false;
  while (/^[-+]./.test(args[0] ?? '')) {
    const argument = args.shift()!;
    if (argument === '--') break;
    if (argument.startsWith('--')) continue;
    for (const letter of argument.slice(1)) {
      if (letter === 'c') takesScript = true;
      else if (letter === 'i') forcesInteractive = true;
      else if (letter === 's') fromStdin = true;
      else if (letter === 'o') await changeOption(interpreter, [`${argument[0]}o`, args.shift() ?? '']);
      else if (letter !== 'l') {
        const status = await changeOption(interpreter, [`${argument[0]}${letter}`]);
        if (status !== 0) return status;
      }
    }
  }
  if (takesScript) {
    script = args.shift();
    if (script === undefined) {
      await interpreter.complain('-c requires an argument', interpreter.io);
      return 2;
    }
    if (args.length > 0) state.name = args.shift()!;
  } else if (args.length > 0 && !fromStdin) {
    const file = args.shift()!;
    try {
      script = process.files.readFile(absolutePath(process, file), process).toString();
      state.name = file;
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      await interpreter.complain(`can't open '${file}': ${error.reason}`, interpreter.io);
      return error.code === 'ENOENT' ? 2 : 126;
    }
  }
  state.positional = args;
  if (script !== undefined) return interpreter.asShell(() => runScript(interpreter, script));
  if (forcesInteractive || process.stdin instanceof TtyInput) return interact(interpreter, process);
  return interpreter.asShell(() => runInput(interpreter, process));
};

async function changeOption(interpreter: Interpreter, args: string[]): Promise<number> {
  try {
    return await setBuiltin(interpreter, ['set', ...args], interpreter.io);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    await interpreter.complain(error.message.replace(/^set: /, ''), interpreter.io);
    return 2;
  }
}

/** Runs a whole text command by command; what stands before a syntax error is run. */
async function runScript(interpreter: Interpreter, script: string): Promise<number> {
  const parser = new Parser(script);
  let status = 0;
  let next = parser.nextCommand();
  while (next !== undefined) {
    const last = script.slice(parser.position).trim() === '';
    status = await interpreter.list(next, interpreter.io, last);
    next = last ? undefined : parser.nextCommand();
  }
  return status;
}

/** Reads one complete command, asking for more lines while it is not finished; undefined at the end of the input. */
async function readCommand(
  readOneLine: (more: boolean) => Promise<{ line: string; ended: boolean }>,
): Promise<List | 'end'> {
  let text = '';
  for (;;) {
    const { line, ended } = await readOneLine(text !== '');
    if (ended && line === '' && text === '') return 'end';
    text += ended ? line : `${line}\n`;
    try {
      const parser = new Parser(text);
      const list = parser.nextCommand();
      // A here-document's lines are still to come.
      if (list !== undefined && !ended && /<</.test(text) && !hereDocumentsClosed(text)) continue;
      return list ?? EMPTY_LIST;
    } catch (error) {
      if (!(error instanceof ShellSyntaxError) || !error.incomplete || ended) throw error;
    }
  }
}

const EMPTY_LIST: List = { type: 'list', items: [] };

function hereDocumentsClosed(text: string): boolean {
  const lines = text.split('\n').map((line) => line.trim());
  return [...text.matchAll(/<<-?\s*(["']?)([\w.-]+)\1/g)].every(([, , delimiter]) => lines.includes(delimiter!));
}

async function runInput(interpreter: Interpreter, process: Process): Promise<number> {
  for (;;) {
    const list = await readCommand(() => readLine(process.stdin, process.killed));
    if (list === 'end') return interpreter.state.lastStatus;
    await interpreter.list(list, interpreter.io);
  }
}

async function interact(interpreter: Interpreter, process: Process): Promise<number> {
  const { state } = interpreter;
  state.interactive = true;
  let atPrompt: AbortController | undefined;
  process.onSignal('SIGINT', () => {
    if (atPrompt === undefined) interpreter.interrupted = true;
    else atPrompt.abort('SIGINT');
  });
  // An interactive shell is not to be ended by these.
  process.onSignal('SIGTERM', () => {});
  process.onSignal('SIGQUIT', () => {});
  return interpreter.asShell(async () => {
    for (;;) {
      try {
        const list = await readCommand(async (more) => {
          await write(process, more ? (state.get('PS2') ?? '> ') : prompt(interpreter), process.stderr);
          atPrompt = new AbortController();
          try {
            return await readLine(process.stdin, AbortSignal.any([process.killed, atPrompt.signal]));
          } catch (error) {
            if (atPrompt.signal.aborted && !process.killed.aborted) throw new Interrupted();
            throw error;
          } finally {
            atPrompt = undefined;
          }
        });
        if (list === 'end') {
          if (process.terminal !== undefined) await write(process, '\n', process.stderr);
          return state.lastStatus;
        }
        await interpreter.list(list, interpreter.io);
      } catch (error) {
        if (process.killed.aborted || error instanceof ShellExit) throw error;
        interpreter.interrupted = false;
        state.loopDepth = 0;
        state.conditionDepth = 0;
        if (error instanceof Interrupted) {
          state.lastStatus = 130;
          continue;
        }
        const report = errorReport(error);
        if (report === undefined) throw error;
        await interpreter.complain(report.message, interpreter.io);
        state.lastStatus = report.status;
      }
    }
  });
}

/** busybox's prompt: the directory, and `#` for root; or what PS1 says. */
function prompt({ state, process }: Interpreter): string {
  const home = state.get('HOME');
  const directory =
    home !== undefined && home !== '/' && (state.cwd === home || state.cwd.startsWith(`${home}/`))
      ? `~${state.cwd.slice(home.length)}`
      : state.cwd;
  const mark = process.uid === 0 ? '#' : '$';
  return (state.get('PS1') ?? '\\w \\$ ')
    .replaceAll('\\w', directory)
    .replaceAll('\\$', mark)
    .replaceAll('\\h', process.pod.hostname ?? process.pod.name)
    .replaceAll('\\u', process.uid === 0 ? 'root' : String(process.uid))
    .replaceAll('\\n', '\n');
}
