import type { Credentials, FileSystem } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import { isAllowed } from './file-permissions.ts';
import type { Program } from './process.ts';
import { SpawnError } from './process.ts';

/** How a simulated binary begins; the name of its program follows. So it can be copied, renamed and mounted as any file. */
const MAGIC = '\x7fELF kubarium program ';

/** What stands in an executable file for a program of this name. */
export const binary = (name: string): Buffer => Buffer.from(`${MAGIC}${name}\n`, 'latin1');

interface Lookup {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

interface Place extends Credentials {
  readonly files: FileSystem;
}

interface Context extends Place {
  readonly programs: ReadonlyMap<string, Program>;
}

/** Where programs are looked for unless PATH says otherwise; also what a container's PATH is. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The file that a command means: through PATH, or a path as it is. Throws SpawnError. */
export function commandPath(context: Place, { argv, env, cwd }: Lookup): string {
  const command = argv[0] ?? '';
  if (command.includes('/')) {
    const path = command.startsWith('/') ? command : `${cwd}/${command}`;
    if (!context.files.exists(path)) throw new SpawnError(command, 127);
    if (!isExecutable(context, path)) throw new SpawnError(command, 126);
    return path;
  }
  let denied = false;
  for (const directory of command === '' ? [] : (env['PATH'] ?? DEFAULT_PATH).split(':')) {
    const path = `${directory === '' ? cwd : directory.startsWith('/') ? directory : `${cwd}/${directory}`}/${command}`;
    if (!context.files.exists(path)) continue;
    if (isExecutable(context, path)) return path;
    denied = true;
  }
  throw new SpawnError(command, denied ? 126 : 127);
}

/** The program behind a command, and its arguments: those of the interpreter where the file is a script. */
export function findExecutable(context: Context, lookup: Lookup): { program: Program; argv: readonly string[] } {
  let { argv } = lookup;
  // A script's interpreter may be a script; Linux stops after a few.
  for (let depth = 0; depth < 5; depth++) {
    const path = commandPath(context, { ...lookup, argv });
    const head = readHead(context, path, argv[0]!);
    if (head.startsWith(MAGIC)) {
      const program = context.programs.get(head.slice(MAGIC.length).split('\n', 1)[0]!);
      if (program === undefined) throw new SpawnError(argv[0]!, 126);
      return { program, argv };
    }
    const [, interpreter, option] = /^#![ \t]*(\S+)(?:[ \t]+(.*?))?[ \t]*(?:\n|$)/.exec(head) ?? [];
    // A text without a first line of its own is the shell's, as shells and execvp have it.
    argv = [interpreter ?? '/bin/sh', ...(option === undefined ? [] : [option]), path, ...argv.slice(1)];
  }
  throw new SpawnError(lookup.argv[0]!, 126);
}

function isExecutable(context: Place, path: string): boolean {
  const stat = context.files.stat(path);
  return stat.type === 'file' && isAllowed(stat, 1, context);
}

function readHead(context: Place, path: string, command: string): string {
  try {
    return context.files.readFile(path).toString('latin1', 0, 256);
  } catch (error) {
    if (error instanceof FileSystemError) throw new SpawnError(command, 126);
    throw error;
  }
}
