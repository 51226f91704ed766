import { timestamp } from '@kubarium/shared';

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
