import { absolutePath, readInput, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `tee [-a] files` */
export const tee = command({ letters: 'ai' }, async (process, options) => {
  const paths = options.operands.map((name) => absolutePath(process, name));
  if (!options.has('a')) for (const path of paths) process.files.writeFile(path, '', { as: process });
  for await (const chunk of readInput(process, '-')) {
    await write(process, chunk);
    for (const path of paths) process.files.writeFile(path, chunk, { append: true, as: process });
  }
  return 0;
});
