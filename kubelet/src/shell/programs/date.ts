import { timestamp } from '@kubarium/shared';
import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { timeParts } from '../../container/time-parts.ts';

/** `date [-u] [-I[seconds]] [-R] [-d @seconds] [+format]`: the simulation's time, in UTC. */
export const date = command({ raw: true }, async (process) => {
  let milliseconds = process.runtime.clock.now();
  let format = '%a %b %e %H:%M:%S UTC %Y';
  const args = process.argv.slice(1);
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (argument.startsWith('+')) format = argument.slice(1);
    else if (argument === '-d' || argument.startsWith('--date')) {
      const text = argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : (args[++at] ?? '');
      const parsed = text.startsWith('@') ? Number(text.slice(1)) * 1000 : text === 'now' ? milliseconds : Number.NaN;
      if (Number.isNaN(parsed)) throw new UsageError(`invalid date '${text}'`);
      milliseconds = parsed;
    } else if (argument.startsWith('-I')) format = /s/.test(argument) ? '%Y-%m-%dT%H:%M:%S+00:00' : '%Y-%m-%d';
    else if (argument.startsWith('--iso')) format = '%Y-%m-%dT%H:%M:%S+00:00';
    else if (argument === '-R') format = '%a, %d %b %Y %H:%M:%S +0000';
    else if (argument !== '-u' && argument !== '--utc') throw new UsageError(`invalid date '${argument}'`);
  }
  await write(process, `${formatTime(milliseconds, format)}\n`);
  return 0;
});

/** strftime in UTC, with GNU's %N. */
export function formatTime(milliseconds: number, format: string): string {
  const { year, month, day, hour, minute, second, monthName, dayName } = timeParts(milliseconds);
  const fraction = Math.floor(milliseconds) % 1000;
  const fields: Readonly<Record<string, string>> = {
    Y: year,
    y: year.slice(-2),
    m: month,
    d: day,
    e: String(Number(day)).padStart(2),
    H: hour,
    I: String(((Number(hour) + 11) % 12) + 1).padStart(2, '0'),
    p: Number(hour) < 12 ? 'AM' : 'PM',
    M: minute,
    S: second,
    s: String(Math.floor(milliseconds / 1000)),
    N: `${String(fraction).padStart(3, '0')}000000`,
    a: dayName,
    b: monthName,
    F: `${year}-${month}-${day}`,
    T: `${hour}:${minute}:${second}`,
    D: `${month}/${day}/${year.slice(-2)}`,
    R: `${hour}:${minute}`,
    Z: 'UTC',
    z: '+0000',
    c: `${dayName} ${monthName} ${day} ${hour}:${minute}:${second} ${year}`,
    n: '\n',
    t: '\t',
    '%': '%',
    '3N': String(fraction).padStart(3, '0'),
    '6N': `${String(fraction).padStart(3, '0')}000`,
    x: `${month}/${day}/${year.slice(-2)}`,
    X: timestamp(milliseconds).slice(11, 19),
  };
  return format.replace(/%(\d?N|[A-Za-z%])/g, (all, letter: string) => fields[letter] ?? all);
}
