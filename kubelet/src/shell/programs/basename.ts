import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';

/** `basename path [suffix]` */
export const basename = command({ letters: '+' }, async (process, { operands: [path, suffix] }) => {
  if (path === undefined) throw new UsageError('missing operand');
  const name = path.replace(/(.)\/+$/, '$1').replace(/^.*\/(?=.)/s, '');
  await write(
    process,
    `${suffix !== undefined && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`,
  );
  return 0;
});
