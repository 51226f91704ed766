import { timestamp } from '@kubarium/shared';
import type { Process } from '../container/process.ts';

/** A user's or group's name out of /etc/passwd or /etc/group; the number where it has none. */
export function nameOf(process: Pick<Process, 'files'>, path: '/etc/passwd' | '/etc/group', id: number): string {
  return knownName(process, path, id) ?? String(id);
}

export function knownName(
  process: Pick<Process, 'files'>,
  path: '/etc/passwd' | '/etc/group',
  id: number,
): string | undefined {
  if (!process.files.exists(path)) return undefined;
  for (const line of process.files.readFile(path).toString().split('\n')) {
    const [name, , number] = line.split(':');
    if (name !== undefined && number === String(id)) return name;
  }
  return undefined;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The parts of a time in UTC. Containers live in UTC. */
export function timeParts(milliseconds: number): {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
  monthName: string;
  dayName: string;
} {
  const [, year, month, day, hour, minute, second] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)/.exec(
    timestamp(milliseconds),
  )!;
  const dayName = DAYS[(((Math.floor(milliseconds / 86_400_000) + 4) % 7) + 7) % 7]!;
  return {
    year: year!,
    month: month!,
    day: day!,
    hour: hour!,
    minute: minute!,
    second: second!,
    monthName: MONTHS[Number(month) - 1]!,
    dayName,
  };
}

/** `Jan  1 00:00`, as ls has it. */
export function shortTime(milliseconds: number): string {
  const { monthName, day, hour, minute } = timeParts(milliseconds);
  return `${monthName} ${String(Number(day)).padStart(2)} ${hour}:${minute}`;
}
