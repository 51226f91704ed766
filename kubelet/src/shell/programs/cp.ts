import { absolutePath, write } from '../../container/standard-io.ts';
import { command, eachOperand, UsageError } from '../command.ts';
import { copyTree } from '../copy-tree.ts';
import { destination, sourcesAndTarget } from '../file-operands.ts';

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
