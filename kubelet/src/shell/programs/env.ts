import { SpawnError } from '../../container/process.ts';
import { complain, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `env [-i] [-u name] [name=value]... [command [arguments]]` */
export const env = command(
  { letters: '+iu:0', long: { 'ignore-environment': 'i', unset: 'u', null: '0' } },
  async (process, options) => {
    const variables: Record<string, string> = options.has('i') ? {} : { ...process.env };
    for (const name of options.all('u')) delete variables[name];
    const operands = [...options.operands];
    if (operands[0] === '-') for (const name of (operands.shift(), Object.keys(variables))) delete variables[name];
    for (let at; (at = operands[0]?.indexOf('=') ?? -1) > 0; operands.shift())
      variables[operands[0]!.slice(0, at)] = operands[0]!.slice(at + 1);
    if (operands.length === 0) {
      const end = options.has('0') ? '\0' : '\n';
      await write(
        process,
        Object.entries(variables)
          .map(([name, value]) => `${name}=${value}${end}`)
          .join(''),
      );
      return 0;
    }
    try {
      return await process.replace(operands, variables);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      await complain(
        process,
        `can't execute '${operands[0]}': ${error.exitCode === 127 ? 'No such file or directory' : 'Permission denied'}`,
      );
      return error.exitCode;
    }
  },
);
