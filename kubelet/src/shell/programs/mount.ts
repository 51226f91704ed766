import { complain, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `mount`: lists what is mounted. */
export const mount = command({ letters: 't:o:' }, async (process, { operands }) => {
  if (operands.length > 0) {
    await complain(process, 'permission denied (are you root?)');
    return 1;
  }
  await write(
    process,
    process.files
      .mounts()
      .map(({ path, type, readOnly }) => `${type} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime)\n`)
      .join(''),
  );
  return 0;
});
