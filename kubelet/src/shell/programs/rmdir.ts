import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { atLeastOne } from '../file-operands.ts';

/** `rmdir directories` */
export const rmdir = command({ letters: 'p' }, (process, { operands }) =>
  eachOperand(
    process,
    atLeastOne(operands),
    (path) => {
      const absolute = absolutePath(process, path);
      if (process.files.stat(absolute, { noFollow: true }).type !== 'directory')
        throw new FileSystemError('ENOTDIR', path);
      process.files.remove(absolute, { as: process });
    },
    (path, reason) => `'${path}': ${reason}`,
  ),
);
