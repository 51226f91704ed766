import { parseSignal, SIGNAL_NUMBERS } from '../../container/signals.ts';
import { write } from '../../container/standard-io.ts';
import type { Builtin } from '../builtin.ts';
import type { Interpreter } from '../interpreter.ts';
import type { Io, Job } from '../shell-state.ts';

/** `wait [pid | %job]...`: a trapped signal ends the waiting with 128 + n. */
export const waitBuiltin: Builtin = async (shell, [, ...targets], io) => {
  const { jobs } = shell.state;
  const chosen = targets.length === 0 ? jobs : targets.map((target) => findJob(jobs, target));
  let status = 0;
  for (const job of chosen) {
    if (job === undefined) {
      status = 127;
      continue;
    }
    const ended = await untilTrap(shell, job.exit);
    if (ended === undefined) {
      await shell.runTraps(io);
      return 143;
    }
    shell.process.killed.throwIfAborted();
    status = targets.length === 0 ? 0 : ended;
    shell.state.jobs = shell.state.jobs.filter((other) => other !== job);
  }
  return status;
};

/** The promise's value, or undefined where a trapped signal came first. */
async function untilTrap(shell: Interpreter, exit: Promise<number>): Promise<number | undefined> {
  const trap = new Promise<undefined>((resolve) => (shell.onTrap = () => resolve(undefined)));
  const killed = new Promise<number>((resolve) => shell.process.killed.addEventListener('abort', () => resolve(137)));
  try {
    return await Promise.race([exit, trap, killed]);
  } finally {
    shell.onTrap = undefined;
  }
}

function findJob(jobs: readonly Job[], target: string): Job | undefined {
  if (/^%[+%]?$/.test(target)) return jobs.at(-1);
  if (target.startsWith('%')) return jobs.find(({ number }) => number === Number(target.slice(1)));
  return jobs.find(({ pid }) => pid === Number(target));
}

/** `jobs [-p]` */
export const jobsBuiltin: Builtin = async (shell, args, io) => {
  for (const job of shell.state.jobs) {
    const state = job.status === undefined ? 'Running' : job.status === 0 ? 'Done' : `Done(${job.status})`;
    const line = args.includes('-p')
      ? String(job.pid)
      : `[${job.number}]  ${state.padEnd(23)} ${job.command}`.trimEnd();
    await write(shell.process, `${line}\n`, io.stdout);
  }
  shell.state.jobs = shell.state.jobs.filter(({ status }) => status === undefined);
  return 0;
};

/** `fg [%job]`: waits for it in the foreground. */
export const fgBuiltin: Builtin = async (shell, [, target = '%'], io) => {
  const job = findJob(shell.state.jobs, target);
  if (job === undefined) return noJob(shell, 'fg', target, io);
  shell.process.setForegroundGroup(job.pid);
  const status = await job.exit;
  shell.process.setForegroundGroup(shell.process.group);
  shell.state.jobs = shell.state.jobs.filter((other) => other !== job);
  return status;
};

/** `bg [%job]`. Simplified: jobs cannot be stopped, so there is nothing to set going. */
export const bgBuiltin: Builtin = async (shell, [, target = '%'], io) =>
  findJob(shell.state.jobs, target) === undefined ? noJob(shell, 'bg', target, io) : 0;

async function noJob(shell: Interpreter, name: string, target: string, io: Io): Promise<number> {
  await shell.complain(`${name}: ${target}: no such job`, io);
  return 2;
}

/** `kill [-signal | -s signal] pids...`, `kill -l` */
export const killBuiltin: Builtin = async (shell, [, ...args], io) => {
  const jobs = shell.state.jobs;
  const words = args.map((argument) =>
    argument.startsWith('%') ? String(-(findJob(jobs, argument)?.pid ?? 0)) : argument,
  );
  const result = killCommand(words, (pid, signal) =>
    pid < 0 && jobs.some((job) => job.pid === -pid)
      ? shell.process.signal(pid, signal) || shell.process.signal(-pid, signal)
      : shell.process.signal(pid === 0 ? -shell.process.group : pid, signal),
  );
  if (result.output !== '') await write(shell.process, result.output, io.stdout);
  for (const message of result.complaints) await shell.complain(`kill: ${message}`, io);
  return result.status;
};

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
