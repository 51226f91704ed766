import { absolutePath, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { filesBelow } from './grep.ts';

/** `du [-s] paths`: kilobytes. */
export const du = command({ letters: 'shk' }, (process, { operands }) =>
  eachOperand(process, operands.length === 0 ? ['.'] : operands, async (name) => {
    const bytes = filesBelow(process, name).reduce(
      (sum, path) => sum + process.files.stat(absolutePath(process, path)).size,
      0,
    );
    await write(process, `${Math.ceil(bytes / 1024)}\t${name}\n`);
  }),
);
