import { emptyInput, makePipe, releaseStream } from '../container/pipe.ts';
import type { ChildProcess } from '../container/process.ts';
import type { Command } from './ast.ts';
import type { Interpreter } from './interpreter.ts';
import type { Io, Job } from './shell-state.ts';

/** An interactive shell gives each job a process group of its own. */
export function jobGroup(shell: Interpreter): 'new' | undefined {
  return shell.state.interactive ? 'new' : undefined;
}

/** Waits for children while they have the terminal; the status of all. */
export async function foreground(shell: Interpreter, children: readonly ChildProcess[]): Promise<number> {
  if (shell.state.interactive) shell.process.setForegroundGroup(children[0]!.pid);
  try {
    const statuses = await Promise.all(children.map(({ exit }) => exit));
    shell.process.killed.throwIfAborted();
    if (shell.state.options.has('pipefail')) return statuses.findLast((status) => status !== 0) ?? 0;
    return statuses.at(-1)!;
  } finally {
    if (shell.state.interactive) shell.process.setForegroundGroup(shell.process.group);
  }
}

/** Starts the commands of a pipeline, each a child. */
export function startPipeline(shell: Interpreter, commands: readonly Command[], io: Io): ChildProcess[] {
  const children: ChildProcess[] = [];
  let { stdin } = io;
  try {
    for (const [i, command] of commands.entries()) {
      const pipe = i < commands.length - 1 ? makePipe() : undefined;
      const group = shell.state.interactive ? (children[0]?.pid ?? ('new' as const)) : undefined;
      children.push(shell.fork(command, { ...io, stdin, stdout: pipe?.writer ?? io.stdout }, group));
      if (i > 0) releaseStream(stdin);
      if (pipe !== undefined) {
        releaseStream(pipe.writer);
        stdin = pipe.reader;
      }
    }
  } catch (error) {
    for (const child of children) child.kill('SIGKILL');
    throw error;
  }
  return children;
}

/** `command &`: a job of the shell. */
export function startBackground(shell: Interpreter, command: Command, io: Io): void {
  const { state } = shell;
  // Without job control a background command does not compete for the input.
  const child = shell.fork(command, state.interactive ? io : { ...io, stdin: emptyInput() }, jobGroup(shell));
  const job: Job = {
    number: Math.max(0, ...state.jobs.map(({ number }) => number)) + 1,
    pid: child.pid,
    command: '',
    exit: child.exit,
    status: undefined,
  };
  void child.exit.then((status) => (job.status = status));
  // Scripts that start many and never wait must not pile them up.
  if (state.jobs.length > 256) state.jobs = state.jobs.filter(({ status }) => status === undefined);
  state.jobs.push(job);
  state.lastBackgroundPid = child.pid;
}
