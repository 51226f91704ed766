import { readWhole, write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';

/** How a run of bytes is shown: its size, and the text of one value, as wide as all of its kind. */
interface Format {
  readonly size: number;
  show(bytes: Buffer): string;
}

const ESCAPES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

const character = (byte: number): string =>
  ESCAPES[byte] ?? (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte.toString(8).padStart(3, '0'));

const RADIX: Readonly<Record<string, number>> = { x: 16, o: 8, u: 10, d: 10 };

/** `x1`, `o2`, `d4`, `u1`, `c`: as `-t` has it. */
function formatOf(text: string): Format {
  if (text === 'c') return { size: 1, show: (bytes) => character(bytes[0]!).padStart(3) };
  const [, kind = '', sizeText = '4'] = /^([xodu])([1248]?)$/.exec(text) ?? [];
  const radix = RADIX[kind];
  const size = Number(sizeText || 4);
  if (radix === undefined || size > 4) throw new UsageError(`invalid type string '${text}'`);
  const signed = kind === 'd';
  const widest = signed ? String(-(256 ** size) / 2) : (256 ** size - 1).toString(radix);
  return {
    size,
    show(bytes) {
      const whole = Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
      const value = signed ? whole.readIntLE(0, size) : whole.readUIntLE(0, size);
      const digits = value.toString(radix);
      return radix === 10 ? digits.padStart(widest.length) : digits.padStart(widest.length, '0');
    },
  };
}

const SHORTHANDS: Readonly<Record<string, string>> = { b: 'o1', c: 'c', x: 'x2', o: 'o2', d: 'u2', h: 'x2' };

/** `od [-A o|d|x|n] [-t TYPE] [-bcxodhv] [-j bytes] [-N bytes] [file]` */
export const od = command({ letters: 'A:t:N:j:w:bcxodhv' }, async (process, options) => {
  const types = [
    ...Object.entries(SHORTHANDS).flatMap(([letter, type]) => (options.has(letter) ? [type] : [])),
    ...options.all('t').flatMap((text) => text.match(/[a-z]\d?/g) ?? [text]),
  ];
  const formats = (types.length === 0 ? ['o2'] : types).map(formatOf);
  const radix = { o: 8, d: 10, x: 16, n: 0 }[options.value('A') ?? 'o'];
  if (radix === undefined) throw new UsageError(`invalid output address radix '${options.value('A')}'`);
  const skipped = options.number('j') ?? 0;
  const all = await readWhole(process, options.operands[0] ?? '-');
  const data = all.subarray(skipped, skipped + (options.number('N') ?? all.length));
  const width = options.number('w') ?? 16;
  const address = (at: number): string =>
    radix === 0 ? '' : (at + skipped).toString(radix).padStart(radix === 16 ? 6 : 7, '0');
  let previous: Buffer | undefined;
  let isStarred = false;
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    if (!options.has('v') && row.length === width && previous?.equals(row) === true) {
      if (!isStarred) await write(process, '*\n');
      isStarred = true;
      continue;
    }
    [previous, isStarred] = [row, false];
    for (const [index, format] of formats.entries()) {
      const { size } = format;
      const cells = Array.from({ length: Math.ceil(row.length / size) }, (_cell, i) =>
        format.show(row.subarray(i * size, (i + 1) * size)),
      );
      const head = index === 0 ? address(at) : ' '.repeat(address(at).length);
      await write(process, `${head} ${cells.join(' ')}\n`);
    }
  }
  if (radix !== 0) await write(process, `${address(data.length)}\n`);
  return 0;
});
