import type { Program } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { echoText } from '../print-format.ts';

/** `echo [-neE] words...` */
export const echo: Program = async (process) => {
  await write(process, echoText(process.argv.slice(1)));
  return 0;
};
