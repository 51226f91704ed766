import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath } from '../../container/standard-io.ts';
import { changeEach } from '../change-each.ts';
import { command, eachOperand, UsageError } from '../command.ts';
import { atLeastOne } from '../file-operands.ts';

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
  return eachOperand(process, atLeastOne(paths), (path) =>
    changeEach(process, absolutePath(process, path), options.has('R'), (at) => {
      if (process.uid !== 0) throw new FileSystemError('EACCES', at);
      const stat = process.files.stat(at);
      process.files.chown(at, uid ?? stat.uid, gid ?? stat.gid);
    }),
  );
});
