import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

const DIVISORS: Readonly<Record<string, number>> = { b: 1 / 1024, k: 1, m: 1024, g: 1024 * 1024 };

/** `free [-b|-k|-m|-g|-h]`: the memory of /proc/meminfo. Simplified: simulated programs use none, so the figures stand still. */
export const free = command({ letters: 'bkmghtw' }, async (process, options) => {
  const kilobytes = (name: string): number =>
    Number(
      new RegExp(`^${name}: +(\\d+)`, 'm').exec(process.files.readFile('/proc/meminfo', process).toString())?.[1] ?? 0,
    );
  const unit = ['b', 'm', 'g'].find((letter) => options.has(letter)) ?? 'k';
  const shown = (value: number): string => {
    if (!options.has('h')) return String(Math.floor(value / DIVISORS[unit]!));
    const power = value >= 1024 * 1024 ? 2 : value >= 1024 ? 1 : 0;
    return `${(value / 1024 ** power).toFixed(power === 0 ? 0 : 1)}${'KMG'[power]}i`.replace('.0', '');
  };
  const row = (title: string, values: readonly number[]): string =>
    `${title.padEnd(8)}${values.map((value) => shown(value).padStart(12)).join('')}\n`;
  const [total, unused] = [kilobytes('MemTotal'), kilobytes('MemFree')];
  const heads = ['total', 'used', 'free', 'shared', 'buff/cache', 'available'];
  await write(process, `${' '.repeat(8)}${heads.map((head) => head.padStart(12)).join('')}\n`);
  await write(process, row('Mem:', [total, total - unused, unused, 0, 0, unused]));
  await write(process, row('Swap:', [0, 0, 0]));
  return 0;
});
