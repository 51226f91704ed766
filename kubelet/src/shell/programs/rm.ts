import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { atLeastOne } from '../file-operands.ts';

/** `rm [-rf] files` */
export const rm = command({ letters: 'rRfiv', long: { recursive: 'r', force: 'f' } }, (process, options) => {
  const recursive = options.has('r', 'R');
  if (options.operands.length === 0 && options.has('f')) return Promise.resolve(0);
  return eachOperand(
    process,
    atLeastOne(options.operands),
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
