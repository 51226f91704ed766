import { linesOf, readInput, write } from '../../container/standard-io.ts';
import { command, eachOperand, UsageError } from '../command.ts';

/** `head [-n lines | -c bytes] [-q] [-v] [files]`; `-5` means `-n 5`, a negative count all but the last. */
export const head = command(
  { letters: 'n:c:qv', countOption: true, long: { lines: 'n', bytes: 'c' } },
  async (process, options) => {
    const count = options.number('c') ?? options.number('n') ?? 10;
    const { operands } = options;
    if (!Number.isInteger(count)) throw new UsageError(`invalid number '${count}'`);
    const names = operands.length === 0 ? ['-'] : operands;
    let first = true;
    return eachOperand(process, names, async (name) => {
      const input = readInput(process, name);
      if ((names.length > 1 && !options.has('q')) || options.has('v'))
        await write(process, `${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      if (options.has('c')) {
        let left = count;
        for await (const chunk of input) {
          await write(process, chunk.subarray(0, left));
          left -= chunk.length;
          if (left <= 0) break;
        }
        return;
      }
      const held: string[] = [];
      let number = 0;
      if (count === 0) return;
      for await (const { text, newline } of linesOf(input)) {
        const line = newline ? `${text}\n` : text;
        if (count < 0) {
          held.push(line);
          if (held.length > -count) await write(process, held.shift()!);
        } else {
          await write(process, line);
          if (++number >= count) break;
        }
      }
    });
  },
);
