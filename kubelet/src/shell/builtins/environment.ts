import { commandPath } from '../../container/executable.ts';
import { FileSystemError } from '../../container/file-system.ts';
import { isAllowed } from '../../container/file-permissions.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import type { Builtin } from '../builtin.ts';
import type { Interpreter } from '../interpreter.ts';

/** `cd [directory | -]` */
export const cdBuiltin: Builtin = async (shell, [, ...args], io) => {
  const operands = args.filter((argument) => !/^-[LP]+$/.test(argument));
  if (operands[0] === '--') operands.shift();
  const wanted = operands[0] ?? shell.state.get('HOME') ?? '/';
  const target = wanted === '-' ? (shell.state.get('OLDPWD') ?? shell.state.cwd) : wanted;
  try {
    const path = absolutePath({ cwd: shell.state.cwd, pid: shell.process.pid }, target);
    const stat = shell.files.stat(path);
    if (stat.type !== 'directory') throw new FileSystemError('ENOTDIR', path);
    if (!isAllowed({ ...stat, kind: 'directory' }, 1, shell.process)) throw new FileSystemError('EACCES', path);
    shell.state.set('OLDPWD', shell.state.cwd);
    shell.state.cwd = args.includes('-P') ? shell.files.realPath(path) : logicalPath(path);
    shell.state.set('PWD', shell.state.cwd);
    shell.process.cwd = shell.state.cwd;
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    await shell.complain(`cd: can't cd to ${wanted}: ${error.reason}`, io);
    return 2;
  }
  if (wanted === '-') await write(shell.process, `${shell.state.cwd}\n`, io.stdout);
  return 0;
};

/** Takes `.` and `..` out by name, as `cd -L` does. */
function logicalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** `pwd [-P]` */
export const pwdBuiltin: Builtin = async (shell, args, io) => {
  const path = args.includes('-P') ? shell.files.realPath(shell.state.cwd) : shell.state.cwd;
  await write(shell.process, `${path}\n`, io.stdout);
  return 0;
};

/** `umask [mode]`; octal only. */
export const umaskBuiltin: Builtin = async (shell, [, mode], io) => {
  if (mode === undefined || mode === '-S') {
    await write(shell.process, `${shell.state.umask.toString(8).padStart(4, '0')}\n`, io.stdout);
    return 0;
  }
  if (!/^[0-7]{1,4}$/.test(mode)) {
    await shell.complain(`umask: illegal mode: ${mode}`, io);
    return 2;
  }
  shell.state.umask = parseInt(mode, 8);
  return 0;
};

const RESERVED = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '}',
  '!',
]);

/** What a name means as a command, or undefined. */
function meaningOf(shell: Interpreter, name: string): { long: string; short: string } | undefined {
  if (RESERVED.has(name)) return { long: `${name} is a shell keyword`, short: name };
  const builtin = shell.findBuiltin(name);
  if (builtin?.special === true || name === 'exec') return { long: `${name} is a special shell builtin`, short: name };
  if (shell.state.functions.has(name)) return { long: `${name} is a function`, short: name };
  if (builtin !== undefined) return { long: `${name} is a shell builtin`, short: name };
  try {
    const path = commandPath(shell.process, { argv: [name], env: shell.state.environment(), cwd: shell.state.cwd });
    return { long: `${name} is ${path}`, short: path };
  } catch {
    return undefined;
  }
}

/** `type names...` */
export const typeBuiltin: Builtin = async (shell, [, ...names], io) => {
  let status = 0;
  for (const name of names) {
    const meaning = meaningOf(shell, name);
    if (meaning === undefined) status = 127;
    await write(shell.process, `${meaning?.long ?? `${name}: not found`}\n`, io.stdout);
  }
  return status;
};

/** `command [-v | -V] name [arguments]`: past functions. */
export const commandBuiltin: Builtin = async (shell, [, ...args], io) => {
  if (args[0] === '-V') return typeBuiltin(shell, ['type', ...args.slice(1)], io);
  if (args[0] === '-v') {
    const meaning = args[1] === undefined ? undefined : meaningOf(shell, args[1]);
    if (meaning === undefined) return 127;
    await write(shell.process, `${meaning.short}\n`, io.stdout);
    return 0;
  }
  if (args[0] === '-p' || args[0] === '--') args.shift();
  const [name] = args;
  if (name === undefined) return 0;
  const builtin = shell.findBuiltin(name);
  return builtin === undefined ? shell.runExternal(args, io) : builtin.run(shell, args, io);
};

/** `hash`: there is nothing to forget. */
export const hashBuiltin: Builtin = async () => 0;
