import type { Program } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';
import { printFormat } from '../print-format.ts';

/** `printf format [arguments]` as a program. */
export const printf: Program = async (process) => {
  const [, format, ...args] = process.argv;
  if (format === undefined) {
    await complain(process, 'usage: printf FORMAT [ARG]...');
    return 1;
  }
  const complaints: string[] = [];
  await write(process, printFormat(format, args, (message) => complaints.push(message)).text);
  for (const message of complaints) await complain(process, message);
  return complaints.length > 0 ? 1 : 0;
};
