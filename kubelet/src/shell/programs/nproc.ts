import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';

/** `nproc`. Simplified: two, whatever the node has. */
export const nproc: Program = async (process) => {
  await write(process, '2\n');
  return 0;
};
