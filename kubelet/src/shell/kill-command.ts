import { parseSignal, SIGNAL_NUMBERS } from '../container/signals.ts';

/** What `kill` does with its arguments, for the built-in and the program. */
export function killCommand(
  args: readonly string[],
  send: (pid: number, signal: NonNullable<ReturnType<typeof parseSignal>>) => boolean,
): { output: string; complaints: string[]; status: number } {
  let rest = args;
  let name = 'TERM';
  const complaints: string[] = [];
  if (rest[0] === '-l') {
    const names = Object.entries(SIGNAL_NUMBERS).map(
      ([signal, number]) => `${String(number).padStart(2)}) ${signal.slice(3)}\n`,
    );
    return { output: names.join(''), complaints, status: 0 };
  }
  if (rest[0] === '-s' || rest[0] === '-n') {
    name = rest[1] ?? '';
    rest = rest.slice(2);
  } else if (/^-[A-Za-z0-9]+$/.test(rest[0] ?? '')) {
    name = rest[0]!.slice(1);
    rest = rest.slice(1);
  }
  if (rest[0] === '--') rest = rest.slice(1);
  const signal = name === '0' ? undefined : parseSignal(name);
  if (signal === undefined && name !== '0') return { output: '', complaints: [`bad signal name '${name}'`], status: 1 };
  if (rest.length === 0) return { output: '', complaints: ['you need to specify whom to kill'], status: 1 };
  for (const target of rest) {
    if (!/^-?\d+$/.test(target)) complaints.push(`invalid number '${target}'`);
    // Signal 0 only asks: SIGWINCH does nothing to those who do not care for it.
    else if (!send(Number(target), signal ?? 'SIGWINCH')) complaints.push(`can't kill pid ${target}: No such process`);
  }
  return { output: '', complaints, status: complaints.length > 0 ? 1 : 0 };
}
