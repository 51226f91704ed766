import { addAbortListener } from 'node:events';
import { write } from '../../container/standard-io.ts';
import type { Builtin } from '../builtin.ts';
import { killCommand } from '../kill-command.ts';
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
  const { promise: interrupted, resolve } = Promise.withResolvers<number | undefined>();
  shell.traps.onTrap = () => resolve(undefined);
  using _killed = addAbortListener(shell.process.killed, () => resolve(137));
  try {
    return await Promise.race([exit, interrupted]);
  } finally {
    shell.traps.onTrap = undefined;
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
  const missing = args.find((argument) => argument.startsWith('%') && findJob(jobs, argument) === undefined);
  if (missing !== undefined) return noJob(shell, 'kill', missing, io);
  const pids = args.map((argument) => (argument.startsWith('%') ? String(-findJob(jobs, argument)!.pid) : argument));
  // A job is a group of processes, a negative number: no signal.
  const words = args[0]?.startsWith('%') === true ? ['--', ...pids] : pids;
  const result = killCommand(words, (pid, signal) =>
    pid < 0 && jobs.some((job) => job.pid === -pid)
      ? shell.process.signal(pid, signal) || shell.process.signal(-pid, signal)
      : shell.process.signal(pid === 0 ? -shell.process.group : pid, signal),
  );
  if (result.output !== '') await write(shell.process, result.output, io.stdout);
  for (const message of result.complaints) await shell.complain(`kill: ${message}`, io);
  return result.status;
};
