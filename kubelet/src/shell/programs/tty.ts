import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';

/** `tty`; 1 where stdin is none. */
export const tty: Program = async (process) => {
  await write(process, process.terminal === undefined ? 'not a tty\n' : '/dev/pts/0\n');
  return process.terminal === undefined ? 1 : 0;
};
