import { FileSystemError } from '../../container/file-system.ts';
import type { Process } from '../../container/process.ts';
import { absolutePath } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { copyTree } from '../copy-tree.ts';
import { destination } from '../file-operands.ts';

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
