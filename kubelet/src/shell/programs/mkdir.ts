import { absolutePath } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { atLeastOne } from '../file-operands.ts';

/** `mkdir [-p] [-m mode] directories` */
export const mkdir = command({ letters: 'pm:v', long: { parents: 'p', mode: 'm' } }, (process, options) => {
  const mode = options.has('m') ? parseInt(options.value('m')!, 8) : 0o755;
  return eachOperand(
    process,
    atLeastOne(options.operands),
    (path) => {
      process.files.makeDirectory(absolutePath(process, path), { recursive: options.has('p'), mode, as: process });
    },
    (path, reason) => `can't create directory '${path}': ${reason}`,
  );
});
