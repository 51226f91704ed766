import { readWhole, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.');

/** `hexdump [-C] [file]` */
export const hexdump = command({ letters: 'Cvn:s:' }, async (process, options) => {
  const data = (await readWhole(process, options.operands[0] ?? '-')).subarray(0, options.number('n') ?? undefined);
  for (let at = 0; at < data.length; at += 16) {
    const row = data.subarray(at, at + 16);
    const address = at.toString(16).padStart(options.has('C') ? 8 : 7, '0');
    if (options.has('C')) {
      const cells = Array.from({ length: 16 }, (_cell, i) =>
        row[i] === undefined ? '  ' : row[i].toString(16).padStart(2, '0'),
      );
      await write(
        process,
        `${address}  ${cells.slice(0, 8).join(' ')}  ${cells.slice(8).join(' ')}  |${Array.from(row, printable).join('')}|\n`,
      );
    } else {
      const words = Array.from({ length: Math.ceil(row.length / 2) }, (_word, i) =>
        ((row[2 * i + 1] ?? 0) * 256 + row[2 * i]!).toString(16).padStart(4, '0'),
      );
      await write(process, `${address} ${words.join(' ')}\n`);
    }
  }
  if (data.length > 0) await write(process, `${data.length.toString(16).padStart(options.has('C') ? 8 : 7, '0')}\n`);
  return 0;
});
