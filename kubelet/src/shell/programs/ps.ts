import { write } from '../../container/standard-io.ts';
import { command } from '../command.ts';

/** `ps [aux | -ef | -o columns]`: busybox's columns for the first form. Simplified: nothing here uses processor time. */
export const ps = command({ letters: 'aefAwlo:T' }, async (process, options) => {
  const rows = process.processes();
  const age = (startedMs: number): string => {
    const seconds = Math.floor((process.runtime.clock.now() - startedMs) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  const columns = options.value('o')?.split(',');
  if (columns !== undefined) {
    const value = (row: (typeof rows)[number], column: string): string =>
      ({
        pid: String(row.pid),
        ppid: String(row.parentPid),
        pgid: String(row.group),
        user: row.user,
        comm: row.command.split(' ')[0]!.replace(/^.*\//, ''),
        args: row.command,
        cmd: row.command,
        time: '0:00',
        etime: age(row.startedMs),
      })[column.replace(/=.*/, '')] ?? '-';
    await write(process, `${columns.map((column) => column.toUpperCase().padEnd(5)).join(' ')}\n`);
    for (const row of rows)
      await write(
        process,
        `${columns
          .map((column) => value(row, column).padEnd(5))
          .join(' ')
          .trimEnd()}\n`,
      );
    return 0;
  }
  const full = options.has('f') || options.operands[0]?.includes('x') === true;
  await write(
    process,
    full ? 'UID        PID  PPID  C STIME TTY          TIME CMD\n' : 'PID   USER     TIME  COMMAND\n',
  );
  for (const row of rows) {
    const { pid, parentPid, user, command: text } = row;
    await write(
      process,
      full
        ? `${user.padEnd(8)} ${String(pid).padStart(5)} ${String(parentPid).padStart(5)}  0 00:00 ?        00:00:00 ${text}\n`
        : `${String(pid).padStart(5)} ${user.padEnd(8)} ${'0:00'.padStart(5)} ${text}\n`,
    );
  }
  return 0;
});
