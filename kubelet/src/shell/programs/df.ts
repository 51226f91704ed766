import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `df [paths]`: the mounts. Simplified: sizes are made up, nothing is ever full. */
export const df = command({ letters: 'hkTPi' }, async (process) => {
  await write(process, `${'Filesystem'.padEnd(20)} 1K-blocks      Used Available Use% Mounted on\n`);
  for (const { path, type } of process.files.mounts())
    await write(process, `${type.padEnd(20)}  10485760         0  10485760   0% ${path}\n`);
  return 0;
});
