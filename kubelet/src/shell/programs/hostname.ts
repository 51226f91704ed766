import { readHosts } from '../../container/resolver-files.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `hostname [-s | -f | -i]` */
export const hostname = command({ letters: 'sfidI' }, async (process, options) => {
  const { pod } = process;
  const name = pod.hostname ?? pod.name;
  const full = readHosts(process.files).find(({ names }) => names.includes(name))?.names[0] ?? name;
  const text = options.has('i', 'I')
    ? pod.ip
    : options.has('f')
      ? full
      : options.has('d')
        ? full.replace(/^[^.]*\.?/, '')
        : name;
  await write(process, `${text}\n`);
  return 0;
});
