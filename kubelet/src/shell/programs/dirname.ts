import { write } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';

/** `dirname path` */
export const dirname = command({ letters: '+' }, async (process, { operands: [path] }) => {
  if (path === undefined) throw new UsageError('missing operand');
  const above = path
    .replace(/\/+$/, '')
    .replace(/[^/]*$/, '')
    .replace(/(.)\/+$/, '$1');
  await write(process, `${above === '' ? (path.startsWith('/') ? '/' : '.') : above}\n`);
  return 0;
});
