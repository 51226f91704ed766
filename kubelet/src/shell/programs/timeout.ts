import { SpawnError } from '../../container/process.ts';
import { parseSignal } from '../../container/signals.ts';
import { complain } from '../../container/standard-io.ts';
import { command, UsageError } from '../command.ts';
import { parseDuration } from './sleep.ts';

/** `timeout [-s signal] [-k seconds] duration command`; 124 where the time was up, with busybox's 143 for TERM. */
export const timeout = command({ letters: '+s:k:t:' }, async (process, options) => {
  const [text, ...argv] = options.operands;
  if (text === undefined || argv.length === 0) throw new UsageError('usage: timeout [-s SIG] SECS PROG ARGS');
  const signal = parseSignal(options.value('s') ?? 'TERM');
  if (signal === undefined) throw new UsageError(`bad signal name '${options.value('s')}'`);
  try {
    const child = await process.spawn(argv);
    let expired = false;
    const timer = process.runtime.clock.setTimer(parseDuration(text), () => {
      expired = true;
      child.kill(signal);
    });
    const status = await child.exit;
    timer.cancel();
    return expired ? 124 : status;
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    await complain(process, `can't execute '${argv[0]}': No such file or directory`);
    return error.exitCode;
  }
});
