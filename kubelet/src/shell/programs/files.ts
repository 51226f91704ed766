import { FileSystemError } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import { command, eachOperand, UsageError } from '../command.ts';

/** `mkdir [-p] [-m mode] directories` */
export const mkdir = command({ letters: 'pm:v', long: { parents: 'p', mode: 'm' } }, (process, options) => {
  const mode = options.has('m') ? parseInt(options.value('m')!, 8) : 0o755;
  return eachOperand(
    process,
    some(options.operands),
    (path) => {
      process.files.makeDirectory(absolutePath(process, path), { recursive: options.has('p'), mode, as: process });
    },
    (path, reason) => `can't create directory '${path}': ${reason}`,
  );
});

/** `rmdir directories` */
export const rmdir = command({ letters: 'p' }, (process, { operands }) =>
  eachOperand(
    process,
    some(operands),
    (path) => {
      const absolute = absolutePath(process, path);
      if (process.files.stat(absolute, { noFollow: true }).type !== 'directory')
        throw new FileSystemError('ENOTDIR', path);
      process.files.remove(absolute, { as: process });
    },
    (path, reason) => `'${path}': ${reason}`,
  ),
);

/** `rm [-rf] files` */
export const rm = command({ letters: 'rRfiv', long: { recursive: 'r', force: 'f' } }, (process, options) => {
  const recursive = options.has('r', 'R');
  if (options.operands.length === 0 && options.has('f')) return Promise.resolve(0);
  return eachOperand(
    process,
    some(options.operands),
    (path) => {
      try {
        const absolute = absolutePath(process, path);
        if (process.files.stat(absolute, { noFollow: true }).type === 'directory' && !recursive)
          throw new FileSystemError('EISDIR', path);
        process.files.remove(absolute, { recursive, as: process });
      } catch (error) {
        if (!(error instanceof FileSystemError && error.code === 'ENOENT' && options.has('f'))) throw error;
      }
    },
    (path, reason) => `can't remove '${path}': ${reason}`,
  );
});

/** Where a file goes: into the target where that is a directory. */
function destination(process: Process, source: string, target: string): string {
  const absolute = absolutePath(process, target);
  if (!process.files.exists(absolute) || process.files.stat(absolute).type !== 'directory') return target;
  return `${target.replace(/\/$/, '')}/${source.replace(/\/+$/, '').split('/').at(-1)}`;
}

function sourcesAndTarget(operands: readonly string[]): [string[], string] {
  if (operands.length < 2) throw new UsageError('missing file operand');
  return [operands.slice(0, -1), operands.at(-1)!];
}

/** `mv [-fv] sources target` */
export const mv = command({ letters: 'fvnT' }, (process, options) => {
  const [sources, target] = sourcesAndTarget(options.operands);
  return eachOperand(
    process,
    sources,
    async (source) => {
      const to = destination(process, source, target);
      const from = absolutePath(process, source);
      try {
        process.files.rename(from, absolutePath(process, to), process);
      } catch (error) {
        if (!(error instanceof FileSystemError) || error.code !== 'EXDEV') throw error;
        copyTree(process, from, absolutePath(process, to));
        process.files.remove(from, { recursive: true, as: process });
      }
      if (options.has('v')) await write(process, `'${source}' -> '${to}'\n`);
    },
    (source, reason) => `can't rename '${source}': ${reason}`,
  );
});

/** `cp [-rRapfv] sources target` */
export const cp = command({ letters: 'rRapfvLPdT' }, (process, options) => {
  const [sources, target] = sourcesAndTarget(options.operands);
  return eachOperand(
    process,
    sources,
    async (source) => {
      const from = absolutePath(process, source);
      if (process.files.stat(from).type === 'directory' && !options.has('r', 'R', 'a'))
        throw new UsageError(`omitting directory '${source}'`);
      const to = destination(process, source, target);
      if (`${absolutePath(process, to)}/`.startsWith(`${from}/`))
        throw new UsageError(`'${source}' and '${to}' are the same file`);
      copyTree(process, from, absolutePath(process, to));
      if (options.has('v')) await write(process, `'${source}' -> '${to}'\n`);
    },
    (source, reason) => `can't stat '${source}': ${reason}`,
  );
});

function copyTree(process: Process, from: string, to: string): void {
  const stat = process.files.stat(from);
  if (stat.type !== 'directory') {
    process.files.writeFile(to, process.files.readFile(from, process), { mode: stat.mode, as: process });
    return;
  }
  process.files.makeDirectory(to, { recursive: true, mode: stat.mode, as: process });
  for (const name of process.files.readDirectory(from, process)) {
    const inner = `${from}/${name}`;
    if (process.files.stat(inner, { noFollow: true }).type === 'symlink')
      process.files.symlink(process.files.readLink(inner), `${to}/${name}`);
    else copyTree(process, inner, `${to}/${name}`);
  }
}

/** `touch [-c] files` */
export const touch = command({ letters: 'camd:t:r:' }, (process, options) =>
  eachOperand(process, some(options.operands), (path) => {
    const absolute = absolutePath(process, path);
    if (!options.has('c') || process.files.exists(absolute)) process.files.touch(absolute, process);
  }),
);

/** `ln [-sfn] target name`. Simplified: a hard link is a copy. */
export const ln = command({ letters: 'sfnvT' }, (process, options) => {
  const [target = '', name = target.split('/').at(-1) ?? ''] = options.operands;
  return eachOperand(process, [name], () => {
    const to = absolutePath(process, destination(process, target, name));
    if (options.has('f') && exists(process, to)) process.files.remove(to, { as: process });
    if (options.has('s')) process.files.symlink(target, to);
    else if (exists(process, to)) throw new FileSystemError('EEXIST', to);
    else copyTree(process, absolutePath(process, target), to);
  });
});

function exists(process: Process, path: string): boolean {
  try {
    process.files.stat(path, { noFollow: true });
    return true;
  } catch {
    return false;
  }
}

/** `chmod [-R] mode files`; octal or symbolic (`u+x,go-w`). */
export const chmod = command({ raw: true }, async (process) => {
  const args = process.argv.slice(1).filter((argument) => argument !== '-R');
  const [mode, ...paths] = args;
  if (mode === undefined) throw new UsageError('missing operand');
  const recursive = process.argv.includes('-R');
  return eachOperand(process, paths, (path) =>
    changeEach(process, absolutePath(process, path), recursive, (at) => {
      const stat = process.files.stat(at);
      if (process.uid !== 0 && process.uid !== stat.uid) throw new FileSystemError('EACCES', at);
      process.files.chmod(at, newMode(mode, stat.mode, stat.type === 'directory'));
    }),
  );
});

function changeEach(process: Process, path: string, recursive: boolean, change: (path: string) => void): void {
  change(path);
  if (recursive && process.files.stat(path, { noFollow: true }).type === 'directory')
    for (const name of process.files.readDirectory(path)) changeEach(process, `${path}/${name}`, true, change);
}

function newMode(text: string, mode: number, directory: boolean): number {
  if (/^[0-7]{1,4}$/.test(text)) return parseInt(text, 8);
  let result = mode;
  for (const clause of text.split(',')) {
    const [, who, operator, what] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
    if (operator === undefined) throw new UsageError(`invalid mode '${text}'`);
    const classes = who === '' || who!.includes('a') ? 'ugo' : who!;
    let bits = 0;
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!classes.includes(letter)) continue;
      if (operator === '=') result &= ~(7 << shift);
      for (const permission of what!)
        bits |= ({ r: 4, w: 2, x: 1, X: directory || (mode & 0o111) !== 0 ? 1 : 0 }[permission] ?? 0) << shift;
    }
    if (what!.includes('t')) bits |= 0o1000;
    if (what!.includes('s')) bits |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
    result = operator === '-' ? result & ~bits : result | bits;
  }
  return result;
}

/** `chown [-R] user[:group] files`, by number or name; only root may. */
export const chown = command({ letters: 'Rhv' }, async (process, options) => {
  const [owner = '', ...paths] = options.operands;
  const [user = '', group] = owner.split(/[:.]/);
  const number = (name: string, file: string): number | undefined => {
    if (name === '') return undefined;
    if (/^\d+$/.test(name)) return Number(name);
    const line = process.files
      .readFile(file)
      .toString()
      .split('\n')
      .find((row) => row.startsWith(`${name}:`));
    if (line === undefined) throw new UsageError(`unknown user ${name}`);
    return Number(line.split(':')[2]);
  };
  const uid = number(user, '/etc/passwd');
  const gid = number(group ?? '', '/etc/group');
  return eachOperand(process, some(paths), (path) =>
    changeEach(process, absolutePath(process, path), options.has('R'), (at) => {
      if (process.uid !== 0) throw new FileSystemError('EACCES', at);
      const stat = process.files.stat(at);
      process.files.chown(at, uid ?? stat.uid, gid ?? stat.gid);
    }),
  );
});

function some(operands: readonly string[]): readonly string[] {
  if (operands.length === 0) throw new UsageError('missing operand');
  return operands;
}
