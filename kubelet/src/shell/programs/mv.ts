import { FileSystemError } from '../../container/file-system.ts';
import { absolutePath, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';
import { copyTree } from '../copy-tree.ts';
import { destination, sourcesAndTarget } from '../file-operands.ts';

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
