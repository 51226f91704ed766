import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';

/** `clear` */
export const clear: Program = async (process) => {
  await write(process, '\x1b[H\x1b[J');
  return 0;
};
