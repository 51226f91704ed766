import type { Program } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';
import { killCommand } from '../kill-command.ts';

/** `kill [-signal] pids...` as a program. */
export const kill: Program = async (process) => {
  const { output, complaints, status } = killCommand(process.argv.slice(1), (pid, signal) =>
    process.signal(pid, signal),
  );
  if (output !== '') await write(process, output);
  for (const message of complaints) await complain(process, message);
  return status;
};
