import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';

/** `pwd` */
export const pwd: Program = async (process) => {
  await write(process, `${process.cwd}\n`);
  return 0;
};
