import { sleep as sleepOn } from '@kubarium/shared';
import { command, UsageError } from '../command.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** A duration such as `1.5`, `10s`, `1d` in milliseconds; UsageError where it is none. */
export function parseDuration(text: string): number {
  const [, number, unit] = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text) ?? [];
  if (number === undefined) {
    if (text === 'infinity' || text === 'inf') return Number.MAX_SAFE_INTEGER;
    throw new UsageError(`invalid number '${text}'`);
  }
  return Number(number) * UNITS[unit!]! * 1000;
}

/** `sleep durations...`: their sum. */
export const sleep = command({}, async (process, { operands }) => {
  if (operands.length === 0) throw new UsageError('missing operand');
  const milliseconds = operands.map(parseDuration).reduce((sum, duration) => sum + duration, 0);
  await sleepOn(process.runtime.clock, milliseconds, process.killed);
  return 0;
});
