import { SpawnError } from '../../container/process.ts';
import { complain, readWhole } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `xargs [-n count] [-I text] [-r] [-0] [command [arguments]]` */
export const xargs = command({ letters: '+n:I:r0tP:L:d:' }, async (process, options) => {
  const text = (await readWhole(process, '-')).toString();
  const perLine = options.has('I') || options.has('L');
  const items = options.has('0')
    ? text.split('\0').filter(Boolean)
    : perLine
      ? text.split('\n').filter(Boolean)
      : Array.from(
          text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g),
          ([, double, single, bare]) => double ?? single ?? bare ?? '',
        );
  const base = options.operands.length === 0 ? ['echo'] : options.operands;
  if (items.length === 0 && (options.has('r') || options.has('I'))) return 0;
  const size = options.has('I') ? 1 : (options.number('n') ?? options.number('L') ?? Math.max(1, items.length));
  let status = 0;
  for (let at = 0; at === 0 || at < items.length; at += size) {
    const group = items.slice(at, at + size);
    const argv = options.has('I')
      ? base.map((word) => word.replaceAll(options.value('I')!, group[0] ?? ''))
      : [...base, ...group];
    try {
      const child = await process.spawn(argv);
      if ((await child.exit) !== 0) status = 123;
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      await complain(
        process,
        `${argv[0]}: ${error.exitCode === 127 ? 'No such file or directory' : 'Permission denied'}`,
      );
      return error.exitCode;
    }
    process.killed.throwIfAborted();
  }
  return status;
});
