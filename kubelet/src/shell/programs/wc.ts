import { readInput, write } from '../../container/standard-io.ts';
import { command, eachOperand } from '../command.ts';

/** `wc [-lwcmL] [files]` */
export const wc = command({ letters: 'lwcmL' }, async (process, options) => {
  const names = options.operands.length === 0 ? [''] : options.operands;
  const columns = ['l', 'w', 'c', 'm', 'L'].filter((letter) => options.has(letter));
  if (columns.length === 0) columns.push('l', 'w', 'c');
  const totals: Record<string, number> = {};
  const print = (counts: Readonly<Record<string, number>>, name: string): Promise<void> => {
    const single = columns.length === 1;
    const text = columns
      .map((column) => String(counts[column] ?? 0).padStart(single ? 0 : name === '' ? 7 : 9))
      .join(single || name !== '' ? ' ' : ' ');
    return write(process, `${text}${name === '' ? '' : ` ${name}`}\n`);
  };
  const status = await eachOperand(process, names, async (name) => {
    const counts = { l: 0, w: 0, c: 0, m: 0, L: 0 };
    let inWord = false;
    let width = 0;
    for await (const chunk of readInput(process, name === '' ? '-' : name)) {
      counts.c += chunk.length;
      for (const byte of chunk) {
        if (byte === 0x0a) counts.l++;
        if ((byte & 0xc0) !== 0x80) counts.m++;
        width = byte === 0x0a ? 0 : width + 1;
        counts.L = Math.max(counts.L, width);
        const space = byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
        if (!space && !inWord) counts.w++;
        inWord = !space;
      }
    }
    for (const [key, value] of Object.entries(counts)) totals[key] = (totals[key] ?? 0) + value;
    await print(counts, name);
  });
  if (names.length > 1) await print(totals, 'total');
  return status;
});
