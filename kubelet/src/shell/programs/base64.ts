import { readWhole, write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `base64 [-d] [-w columns] [file]` */
export const base64 = command({ letters: 'dw:iD', long: { decode: 'd', wrap: 'w' } }, async (process, options) => {
  const data = await readWhole(process, options.operands[0] ?? '-');
  if (options.has('d', 'D')) {
    await write(process, Buffer.from(data.toString(), 'base64'));
    return 0;
  }
  const width = options.number('w') ?? 76;
  const text = data.toString('base64');
  await write(process, width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
  return 0;
});
