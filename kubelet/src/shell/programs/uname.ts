import { KERNEL_VERSION } from '../../container/kernel-version.ts';
import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `uname [-asnrvm]` */
export const uname = command({ letters: 'asnrvmpio' }, async (process, options) => {
  const facts = {
    s: 'Linux',
    n: process.pod.hostname ?? process.pod.name,
    r: KERNEL_VERSION,
    v: '#1 SMP Kubarium',
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const chosen = Object.entries(facts).filter(([letter]) => options.has('a', letter));
  await write(process, `${chosen.length === 0 ? facts.s : chosen.map(([, text]) => text).join(' ')}\n`);
  return 0;
});
