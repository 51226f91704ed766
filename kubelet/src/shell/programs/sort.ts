import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';
import { joined, splitLines, wholeInput } from '../text-lines.ts';

/** `sort [-nrufh] [-k field] [-t separator] [files]` */
export const sort = command({ letters: 'nrufhVk:t:o:bsgiM' }, async (process, options) => {
  const { text, status } = await wholeInput(process, options.operands);
  const [, field, letters = ''] = /^(\d+)[\d.,]*([a-z]*)/.exec(options.value('k') ?? '') ?? [];
  const separator = options.value('t');
  const has = (letter: string): boolean => options.has(letter) || letters.includes(letter);
  const key = (line: string): string => {
    const part =
      field === undefined
        ? line
        : ((separator === undefined ? line.trim().split(/\s+/) : line.split(separator))[Number(field) - 1] ?? '');
    return has('f') ? part.toUpperCase() : part;
  };
  const units = 'KMGTPE';
  const number = (part: string): number => {
    const [, digits = '0', unit = ''] = /^\s*(-?\d*\.?\d*)([KMGTPE]?)/i.exec(part) ?? [];
    return (Number(digits) || 0) * (has('h') && unit !== '' ? 1024 ** (units.indexOf(unit.toUpperCase()) + 1) : 1);
  };
  const order = (a: string, b: string): number => {
    const [left, right] = [key(a), key(b)];
    const numeric =
      has('n') || has('h') || has('g')
        ? number(left) - number(right)
        : has('V')
          ? left.localeCompare(right, 'en', { numeric: true })
          : 0;
    return numeric !== 0
      ? numeric
      : has('n') && field !== undefined
        ? a < b
          ? -1
          : a > b
            ? 1
            : 0
        : left < right
          ? -1
          : left > right
            ? 1
            : a < b
              ? -1
              : a > b
                ? 1
                : 0;
  };
  let lines = splitLines(text).toSorted((a, b) => (has('r') ? -order(a, b) : order(a, b)));
  if (options.has('u')) lines = lines.filter((line, i) => i === 0 || key(line) !== key(lines[i - 1]!));
  await write(process, joined(lines));
  return status;
});
