import type { FileStat } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import { timeParts } from '../../container/time-parts.ts';
import { command, eachOperand } from '../command.ts';
import { nameOf } from '../account-names.ts';

/** `ls [-1aAldRrtFhins] [paths]`: one name a line, as into a pipe. */
export const ls = command(
  { letters: '1aAldRrtFhinspCSLHe', long: { color: 'color', 'full-time': 'e' } },
  async (process, options) => {
    const operands = options.operands.length === 0 ? ['.'] : options.operands;
    const files: string[] = [];
    const directories: string[] = [];
    const status = await eachOperand(process, operands, (operand) => {
      const stat = process.files.stat(absolutePath(process, operand), { noFollow: options.has('l', 'd') });
      (stat.type === 'directory' && !options.has('d') ? directories : files).push(operand);
    });
    if (files.length > 0) await list(files, '');
    let first = files.length === 0;
    const queue = [...directories];
    let failed = status;
    for (let directory; (directory = queue.shift()) !== undefined;) {
      if (operands.length > 1 || options.has('R')) await write(process, `${first ? '' : '\n'}${directory}:\n`);
      first = false;
      failed ||= await eachOperand(
        process,
        [directory],
        async (name) => {
          const path = absolutePath(process, name);
          let names = process.files.readDirectory(path, process);
          if (options.has('a')) names = ['.', '..', ...names];
          else if (!options.has('A')) names = names.filter((entry) => !entry.startsWith('.'));
          if (options.has('l')) await write(process, `total ${names.length * 4}\n`);
          await list(names, name.endsWith('/') ? name : `${name}/`);
          if (options.has('R'))
            for (const entry of names) {
              const inner = `${name.replace(/\/$/, '')}/${entry}`;
              if (
                !/^\.\.?$/.test(entry) &&
                process.files.stat(absolutePath(process, inner), { noFollow: true }).type === 'directory'
              )
                queue.push(inner);
            }
        },
        (name, reason) => `can't open '${name}': ${reason}`,
      );
    }
    return failed;

    async function list(names: readonly string[], prefix: string): Promise<void> {
      const rows = names.map((name) => {
        const path = absolutePath(process, `${prefix}${name}`);
        const exists = process.files.exists(path);
        return { name, path, stat: process.files.stat(path, { noFollow: !exists || !options.has('L') }) };
      });
      if (options.has('t')) rows.sort((a, b) => b.stat.modifiedMs - a.stat.modifiedMs);
      if (options.has('S')) rows.sort((a, b) => b.stat.size - a.stat.size);
      if (options.has('r')) rows.reverse();
      const size = Math.max(...rows.map(({ stat }) => String(stat.size).length), 9);
      for (const { name, path, stat } of rows) {
        const mark = options.has('F', 'p') && stat.type === 'directory' ? '/' : '';
        if (!options.has('l')) await write(process, `${name}${mark}\n`);
        else
          await write(
            process,
            `${longRow(process, stat, options.has('n'), size)} ${name}${mark}${target(path, stat)}\n`,
          );
      }
    }

    function target(path: string, stat: FileStat): string {
      return stat.type === 'symlink' ? ` -> ${process.files.readLink(path)}` : '';
    }
  },
);

function longRow(process: Process, stat: FileStat, numeric: boolean, width: number): string {
  const kind = stat.type === 'directory' ? 'd' : stat.type === 'symlink' ? 'l' : '-';
  const owner = numeric ? String(stat.uid) : nameOf(process, '/etc/passwd', stat.uid);
  const group = numeric ? String(stat.gid) : nameOf(process, '/etc/group', stat.gid);
  const links = stat.type === 'directory' ? 2 : 1;
  return `${kind}${permissionText(stat.mode)} ${String(links).padStart(4)} ${owner.padEnd(8)} ${group.padEnd(8)} ${String(stat.size).padStart(width)} ${shortTime(stat.modifiedMs)}`;
}

/** `rwxr-xr-x`, with s and t where they are set. */
export function permissionText(mode: number): string {
  const text = ['r', 'w', 'x', 'r', 'w', 'x', 'r', 'w', 'x'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'));
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const)
    if ((mode & bit) !== 0) text[at] = text[at] === 'x' ? letter : letter.toUpperCase();
  return text.join('');
}

/** `Jan  1 00:00`. */
function shortTime(milliseconds: number): string {
  const { monthName, day, hour, minute } = timeParts(milliseconds);
  return `${monthName} ${String(Number(day)).padStart(2)} ${hour}:${minute}`;
}
