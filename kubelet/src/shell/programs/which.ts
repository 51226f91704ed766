import { commandPath } from '../../container/executable.ts';
import { SpawnError } from '../../container/process.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `which names` */
export const which = command({ letters: 'a' }, async (process, { operands }) => {
  let status = 0;
  for (const name of operands) {
    try {
      await write(process, `${commandPath(process, { argv: [name], env: process.env, cwd: process.cwd })}\n`);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      status = 1;
    }
  }
  return status;
});
