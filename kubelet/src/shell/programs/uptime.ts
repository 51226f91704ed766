import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { formatTime } from './date.ts';

/** `uptime` */
export const uptime: Program = async (process) => {
  const { clock } = process.runtime;
  const minutes = Math.floor((clock.now() - (process.processes()[0]?.startedMs ?? clock.now())) / 60_000);
  await write(process, ` ${formatTime(clock.now(), '%T')} up ${minutes} min,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};
