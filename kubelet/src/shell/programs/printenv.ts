import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `printenv [names]`; 1 where one is not set. */
export const printenv = command({}, async (process, { operands }) => {
  if (operands.length === 0)
    await write(
      process,
      Object.entries(process.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  let status = 0;
  for (const name of operands) {
    const value = process.env[name];
    if (value === undefined) status = 1;
    else await write(process, `${value}\n`);
  }
  return status;
});
