import { absolutePath } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { atLeastOne } from '../file-operands.ts';

/** `touch [-c] files` */
export const touch = command({ letters: 'camd:t:r:' }, (process, options) =>
  eachOperand(process, atLeastOne(options.operands), (path) => {
    const absolute = absolutePath(process, path);
    if (!options.has('c') || process.files.exists(absolute)) process.files.touch(absolute, process);
  }),
);
