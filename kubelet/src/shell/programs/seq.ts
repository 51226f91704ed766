import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';

/** `seq [-w] [-s separator] [first [step]] last` */
export const seq = command({ raw: true }, async (process) => {
  const args = process.argv.slice(1);
  let separator = '\n';
  let wide = false;
  while (args[0] !== undefined && /^-[^\d.]/.test(args[0])) {
    const option = args.shift()!;
    if (option === '-w') wide = true;
    else if (option.startsWith('-s')) separator = option.slice(2) || (args.shift() ?? '\n');
    else throw new UsageError(`invalid option -- '${option.slice(1, 2)}'`);
  }
  const numbers = args.map((text) => {
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new UsageError(`invalid number '${text}'`);
    return Number(text);
  });
  if (numbers.length === 0 || numbers.length > 3) throw new UsageError('usage: seq [-w] [-s SEP] [FIRST [INC]] LAST');
  const [first, step, last] =
    numbers.length === 1
      ? [1, 1, numbers[0]!]
      : numbers.length === 2
        ? [numbers[0]!, 1, numbers[1]!]
        : (numbers as [number, number, number]);
  if (step === 0) throw new UsageError('zero increment');
  const places = Math.max(...args.map((text) => (text.split('.')[1] ?? '').length));
  const width = wide ? Math.max(...[first, last].map((number) => number.toFixed(places).length)) : 0;
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  for (let i = 0; i < count;) {
    const lines: string[] = [];
    for (; i < count && lines.length < 1024; i++) lines.push((first + i * step).toFixed(places).padStart(width, '0'));
    await write(process, lines.join(separator) + (i < count ? separator : '\n'));
  }
  return 0;
});
