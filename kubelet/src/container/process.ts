import type { NetworkNamespace, Runtime, TraceKeeper, TraceSink } from '@kubarium/shared';
import type { Readable, Writable } from 'node:stream';
import type { FileSystem } from './file-system.ts';
import type { Resolver } from './resolver.ts';

/** The signals that simulated processes know. */
export type SignalName =
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGQUIT'
  | 'SIGKILL'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGPIPE'
  | 'SIGTERM'
  | 'SIGWINCH';

/**
 * What a container runs: takes its process and resolves with the exit code. Everything a program may touch is in the process;
 * it never sees the host. When `process.killed` is aborted it must let go of what it holds; what it returns then is ignored.
 */
export type Program = (process: Process) => Promise<number>;

/** The facts of the pod around a process, for programs that answer with them. */
export interface PodFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
  readonly node: string;
  readonly container: string;
  readonly image: string;
  /** What `hostname` says; the pod's name where absent. */
  readonly hostname?: string | undefined;
  /** The container ports that the pod declares for this container. */
  readonly ports: readonly {
    readonly name?: string | undefined;
    readonly containerPort: number;
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  }[];
}

/** The streams that a process begins with; asked for each when it is first used. */
export interface StandardStreams {
  readonly stdin?: Readable | undefined;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly terminal?: Terminal | undefined;
}

export interface SpawnOptions {
  readonly stdin?: Readable | undefined;
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** A terminal: its size, and echo and line editing as a tty's driver has them. */
  readonly terminal?: Terminal | undefined;
  readonly trace?: TraceSink | undefined;
  /** Joins a process group: the given one, or with `'new'` its own. By default the parent's. */
  readonly group?: number | 'new' | undefined;
}

/** A terminal's size, and word of its changes. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  onResize(handler: () => void): Disposable;
}

/** A process as its parent sees it. */
export interface ChildProcess {
  readonly pid: number;
  /** The exit code; 128 + n where signal n ended it. */
  readonly exit: Promise<number>;
  kill(signal: SignalName): void;
}

/** One line of the container's process table. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parentPid: number;
  readonly group: number;
  readonly user: string;
  readonly command: string;
  readonly startedMs: number;
}

/** A simulated process: arguments, environment, streams, signals, files, network, time. */
export interface Process {
  readonly pid: number;
  /** The program's name first, as in C. */
  readonly argv: readonly string[];
  /** Shared with others that have the same; a shell gives its children another. */
  readonly env: Readonly<Record<string, string>>;
  cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly terminal: Terminal | undefined;
  readonly files: FileSystem;
  readonly network: NetworkNamespace;
  readonly resolver: Resolver;
  readonly runtime: Runtime;
  readonly pod: PodFacts;
  /** Set while somebody traces this process; handed on to children, resolver and connections. */
  readonly trace: TraceSink | undefined;
  /** Who keeps the trace of a request that a program offers to trace; undefined where nobody does. */
  readonly traces: TraceKeeper | undefined;
  /** Aborted when the process is ended from outside; its reason is the signal's name. */
  readonly killed: AbortSignal;
  /** Ends it as an error does that nothing catches: with its words on stderr and exit code 1. */
  crash(error: unknown): void;
  /** Takes over from a signal's default action; disposing gives it back. SIGKILL cannot be taken. */
  onSignal(signal: SignalName, handler: () => void): Disposable;
  /** Runs a program of the image by name (found through PATH) or path. Rejects with `not found` or `permission denied` (see SpawnError). */
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<ChildProcess>;
  /** Runs a program as a child without looking for it in the files: a shell's subshell. Throws SpawnError(126) where the container has too many processes. */
  fork(program: Program, options?: SpawnOptions & { readonly argv?: readonly string[] }): ChildProcess;
  /** Goes on as another program, as execve does: same number, and the same streams unless told otherwise. Rejects with SpawnError. */
  replace(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    streams?: Pick<SpawnOptions, 'stdin' | 'stdout' | 'stderr'>,
  ): Promise<number>;
  /** The process group: Ctrl-C reaches the processes of the terminal's foreground group. */
  readonly group: number;
  /** Puts a group in the foreground of the terminal; without a terminal nothing happens. */
  setForegroundGroup(group: number): void;
  /** All processes of the container. */
  processes(): readonly ProcessInfo[];
  /** The standard streams of a process of the container, as its /proc/PID/fd has them; undefined where there is no such process. */
  streamsOf(pid: number): Pick<Process, 'stdin' | 'stdout' | 'stderr'> | undefined;
  /** Sends a signal to a process of the container, or with -n to the process group n; false where there is none. */
  signal(pid: number, signal: SignalName): boolean;
}

/** A program that cannot be started: exit code 127 (not found) or 126 (not executable) in a shell. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  readonly exitCode: 126 | 127;

  constructor(command: string, exitCode: 126 | 127) {
    super(
      exitCode === 127
        ? `exec: "${command}": executable file not found in $PATH`
        : `exec: "${command}": permission denied`,
    );
    this.exitCode = exitCode;
  }
}
