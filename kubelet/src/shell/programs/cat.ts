import { readInput, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';

/** `cat [-nAeEtTuv] [files]`; -n numbers the lines. */
export const cat = command({ letters: 'nubeEtTvA' }, async (process, options) => {
  let number = 0;
  let lineBegins = true;
  return eachOperand(
    process,
    options.operands.length === 0 ? ['-'] : options.operands,
    async (name) => {
      for await (const chunk of readInput(process, name)) {
        if (!options.has('n')) await write(process, chunk);
        else
          for (const line of chunk.toString().split(/(?<=\n)/)) {
            await write(process, lineBegins ? `${String(++number).padStart(6)}\t${line}` : line);
            lineBegins = line.endsWith('\n');
          }
      }
    },
    (name, reason) => `can't open '${name}': ${reason}`,
  );
});
