import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { joined, splitLines, wholeInput } from '../text-lines.ts';

/** The positions that `1,3-5,7-` names. */
function ranges(text: string): (position: number) => boolean {
  const parts = text.split(',').map((part) => {
    const [, from, dash, to] = /^(\d*)(-?)(\d*)$/.exec(part) ?? [];
    if (from === undefined || (from === '' && to === '')) throw new UsageError(`invalid range '${part}'`);
    return { from: from === '' ? 1 : Number(from), to: dash === '' ? Number(from) : to === '' ? Infinity : Number(to) };
  });
  return (position) => parts.some(({ from, to }) => position >= from && position <= to);
}

/** `cut (-c | -b | -f) list [-d delimiter] [-s] [files]` */
export const cut = command(
  { letters: 'c:b:f:d:sn', long: { fields: 'f', delimiter: 'd', characters: 'c', 'output-delimiter': 'o:' } },
  async (process, options) => {
    const spec = options.value('f') ?? options.value('c') ?? options.value('b');
    if (spec === undefined) throw new UsageError('expected a list of bytes, characters, or fields');
    const wanted = ranges(spec);
    const delimiter = options.value('d') ?? '\t';
    const { text, status } = await wholeInput(process, options.operands);
    const lines = splitLines(text).flatMap((line) => {
      if (!options.has('f'))
        return [
          Array.from(line)
            .filter((_character, i) => wanted(i + 1))
            .join(''),
        ];
      if (!line.includes(delimiter)) return options.has('s') ? [] : [line];
      return [
        line
          .split(delimiter)
          .filter((_field, i) => wanted(i + 1))
          .join(options.value('o') ?? delimiter),
      ];
    });
    await write(process, joined(lines));
    return status;
  },
);
