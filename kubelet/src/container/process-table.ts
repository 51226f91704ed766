import { NONE, type NetworkNamespace, type Runtime, type TraceKeeper, type TraceSink } from '@kubarium/shared';
import { NetError } from '@kubarium/shared';
import type { Readable, Writable } from 'node:stream';
import { findExecutable } from './executable.ts';
import type { FileSystem } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import { emptyInput, holdStream, nullOutput, releaseStream } from './pipe.ts';
import { ProcessNetwork } from './process-network.ts';
import type {
  ChildProcess,
  PodFacts,
  Process,
  ProcessInfo,
  Program,
  SignalName,
  SpawnOptions,
  StandardStreams,
  Terminal,
} from './process.ts';
import { SpawnError } from './process.ts';
import type { MakeResolver, Resolver } from './resolver.ts';
import { SIGNAL_NUMBERS } from './signals.ts';
import type { Tty } from './tty.ts';
import { attachTty } from './tty.ts';

/** What all processes of a container share. */
export interface ProcessContext {
  readonly files: FileSystem;
  readonly network: NetworkNamespace;
  readonly makeResolver: MakeResolver;
  readonly runtime: Runtime;
  readonly traces?: TraceKeeper | undefined;
  readonly pod: PodFacts;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** The image's programs and the usual ones, by the name that an executable file holds. */
  readonly programs: ReadonlyMap<string, Program>;
}

export interface StartOptions extends SpawnOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What takes the place of the single streams for a container's first process. */
  readonly streams?: StandardStreams | undefined;
}

interface SignalHandler {
  readonly signal: SignalName;
  readonly handler: () => void;
}

/** As a container's pids limit: a fork bomb fills it and goes no further. */
const MAX_PROCESSES = 1024;

/**
 * The processes of one container, by number. When the first one ends, all others are killed.
 *
 * Simplified: each container sees its own processes only; a pod's shareProcessNamespace and the container that an ephemeral one targets
 * (`kubectl debug --target`) make no difference.
 */
export class ProcessTable {
  readonly context: ProcessContext;
  /** In order of their numbers. Never appended to: most containers have one. */
  #processes: readonly SimulatedProcess[] = NONE;
  #resolver: Resolver | undefined;
  #lastPid = 0;
  #closed = false;

  constructor(context: ProcessContext) {
    this.context = context;
  }

  get resolver(): Resolver {
    const { files, network, runtime, pod, makeResolver } = this.context;
    return (this.#resolver ??= makeResolver({ files, network, runtime, where: `pod ${pod.namespace}/${pod.name}` }));
  }

  /** Finds a program's file and starts it; throws SpawnError. */
  start(options: StartOptions, parent?: SimulatedProcess): SimulatedProcess {
    const found = findExecutable(this.context, options);
    return this.run(found.program, { ...options, argv: found.argv }, parent);
  }

  run(program: Program, options: StartOptions, parent?: SimulatedProcess): SimulatedProcess {
    if (this.#closed || this.#processes.length >= MAX_PROCESSES) throw new SpawnError(options.argv[0] ?? '', 126);
    const process = new SimulatedProcess(this, ++this.#lastPid, options, parent);
    this.#processes = this.#processes.concat(process);
    process.run(program);
    return process;
  }

  ended(process: SimulatedProcess): void {
    this.#processes = this.#processes.filter((other) => other !== process);
    if (process.pid !== 1) return;
    this.#closed = true;
    for (const other of this.#processes) other.end(128 + SIGNAL_NUMBERS.SIGKILL, 'SIGKILL');
  }

  processes(): ProcessInfo[] {
    const names = userNames(this.context.files);
    return this.#processes.map((process) => ({
      pid: process.pid,
      parentPid: this.find(process.parentPid) !== undefined ? process.parentPid : process.parentPid === 0 ? 0 : 1,
      group: process.group,
      user: names.get(process.uid) ?? String(process.uid),
      command: process.argv.join(' '),
      startedMs: process.startedMs,
    }));
  }

  find(pid: number): SimulatedProcess | undefined {
    return this.#processes.find((process) => process.pid === pid);
  }

  signal(pid: number, signal: SignalName): boolean {
    const targets =
      pid < 0
        ? this.#processes.filter((process) => process.group === -pid)
        : this.#processes.filter((process) => process.pid === pid);
    for (const target of targets) target.kill(signal);
    return targets.length > 0;
  }
}

/** One process: what its program sees, and what its parent does. */
export class SimulatedProcess implements Process, ChildProcess {
  readonly pid: number;
  readonly parentPid: number;
  env: Readonly<Record<string, string>>;
  readonly exit: Promise<number>;
  readonly startedMs: number;
  readonly trace: TraceSink | undefined;
  readonly group: number;
  readonly terminal: Terminal | undefined;
  argv: readonly string[];
  cwd: string;
  /** The signal that ended it. */
  endedBy: SignalName | undefined;

  readonly #table: ProcessTable;
  readonly #tty: Tty | undefined;
  /** Never appended to: most processes have one or two. */
  #handlers: readonly SignalHandler[] = NONE;
  readonly #streams: StandardStreams | undefined;
  #stdin: Readable | undefined;
  #stdout: Writable | undefined;
  #stderr: Writable | undefined;
  #network: ProcessNetwork | undefined;
  #killed: AbortController | undefined;
  #ended = false;
  #resolveExit!: (exitCode: number) => void;

  constructor(table: ProcessTable, pid: number, options: StartOptions, parent: SimulatedProcess | undefined) {
    this.#table = table;
    this.pid = pid;
    this.parentPid = parent?.pid ?? 0;
    this.argv = options.argv;
    this.env = options.env;
    this.cwd = options.cwd;
    this.startedMs = table.context.runtime.clock.now();
    this.trace = options.trace ?? parent?.trace;
    this.group = options.group === 'new' ? pid : (options.group ?? parent?.group ?? pid);
    this.exit = new Promise((resolve) => (this.#resolveExit = resolve));
    this.#streams = options.streams;
    this.#stdin = options.stdin ?? parent?.stdin;
    this.#stdout = options.stdout ?? parent?.stdout;
    this.#stderr = options.stderr ?? parent?.stderr;
    const terminal = options.streams?.terminal ?? options.terminal;
    if (terminal === undefined) {
      this.terminal = parent?.terminal;
      this.#tty = parent === undefined ? undefined : parent.#tty;
    } else {
      this.terminal = terminal;
      this.#tty = attachTty(this.stdin, this.stdout, (group, signal) => table.signal(-group, signal));
      this.#tty.foregroundGroup = this.group;
      this.#stdin = this.#tty.stdin;
      this.#stdout = this.#stderr = this.#tty.stdout;
      terminal.onResize(() => this.kill('SIGWINCH'));
    }
    for (const stream of [this.#stdin, this.#stdout, this.#stderr]) if (stream !== undefined) holdStream(stream);
  }

  get stdin(): Readable {
    return (this.#stdin ??= held(this.#streams?.stdin ?? emptyInput()));
  }

  get stdout(): Writable {
    return (this.#stdout ??= held(this.#streams?.stdout ?? nullOutput()));
  }

  get stderr(): Writable {
    return (this.#stderr ??= held(this.#streams?.stderr ?? nullOutput()));
  }

  get uid(): number {
    return this.#table.context.uid;
  }

  get gid(): number {
    return this.#table.context.gid;
  }

  get groups(): readonly number[] {
    return this.#table.context.groups;
  }

  get files(): FileSystem {
    return this.#table.context.files;
  }

  get resolver(): Resolver {
    return this.#table.resolver;
  }

  get runtime(): Runtime {
    return this.#table.context.runtime;
  }

  get traces(): TraceKeeper | undefined {
    return this.#table.context.traces;
  }

  get pod(): PodFacts {
    return this.#table.context.pod;
  }

  get network(): NetworkNamespace {
    this.#network ??= new ProcessNetwork(this.#table.context.network, this.trace);
    if (this.#ended) this.#network.close();
    return this.#network;
  }

  get killed(): AbortSignal {
    this.#killed ??= new AbortController();
    if (this.#ended && !this.#killed.signal.aborted) this.#killed.abort(this.endedBy ?? 'SIGKILL');
    return this.#killed.signal;
  }

  onSignal(signal: SignalName, handler: () => void): Disposable {
    const added: SignalHandler = { signal, handler };
    this.#handlers = this.#handlers.concat(added);
    return { [Symbol.dispose]: () => void (this.#handlers = this.#handlers.filter((one) => one !== added)) };
  }

  async spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<ChildProcess> {
    return this.#table.start({ ...options, argv, env: options.env ?? this.env, cwd: options.cwd ?? this.cwd }, this);
  }

  fork(program: Program, options: SpawnOptions & { readonly argv?: readonly string[] } = {}): ChildProcess {
    return this.#table.run(
      program,
      { ...options, argv: options.argv ?? this.argv, env: options.env ?? this.env, cwd: options.cwd ?? this.cwd },
      this,
    );
  }

  async replace(
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    streams: Pick<SpawnOptions, 'stdin' | 'stdout' | 'stderr'> = {},
  ): Promise<number> {
    const found = findExecutable(this.#table.context, { argv, env, cwd: this.cwd });
    this.argv = found.argv;
    this.#stdin = exchange(this.#stdin, streams.stdin);
    this.#stdout = exchange(this.#stdout, streams.stdout);
    this.#stderr = exchange(this.#stderr, streams.stderr);
    this.env = env;
    this.#handlers = NONE;
    return found.program(this);
  }

  setForegroundGroup(group: number): void {
    if (this.#tty !== undefined) this.#tty.foregroundGroup = group;
  }

  processes(): readonly ProcessInfo[] {
    return this.#table.processes();
  }

  streamsOf(pid: number): SimulatedProcess | undefined {
    return this.#table.find(pid);
  }

  signal(pid: number, signal: SignalName): boolean {
    return this.#table.signal(pid, signal);
  }

  kill(signal: SignalName): void {
    if (this.#ended) return;
    const handlers = signal === 'SIGKILL' ? [] : this.#handlers.filter((one) => one.signal === signal);
    if (handlers.length > 0) for (const { handler } of handlers) handler();
    else if (signal !== 'SIGWINCH') this.end(128 + SIGNAL_NUMBERS[signal], signal);
  }

  run(program: Program): void {
    // Not before the parent has its child in hand.
    void Promise.resolve(this)
      .then(program)
      .then(
        (exitCode) => this.end(exitCode & 0xff),
        (error: unknown) => this.crash(error),
      );
  }

  end(exitCode: number, signal?: SignalName): void {
    if (this.#ended) return;
    this.#ended = true;
    this.endedBy = signal;
    this.#killed?.abort(signal ?? 'SIGKILL');
    this.#network?.close();
    for (const stream of [this.#stdin, this.#stdout, this.#stderr]) if (stream !== undefined) releaseStream(stream);
    this.#table.ended(this);
    this.#resolveExit(exitCode);
  }

  crash(error: unknown): void {
    if (this.#ended) return;
    const name = this.argv[0] ?? '?';
    let told = error instanceof Error ? error.message : String(error);
    if (!(error instanceof FileSystemError || error instanceof NetError || error instanceof SpawnError)) {
      const { namespace, name: pod, container } = this.pod;
      this.runtime.logger.error(
        { err: error, namespace, pod, container, argv: this.argv },
        'a simulated program failed',
      );
      // A mistake in the program: who wrote it looks here for where it is.
      if (error instanceof Error) told = error.stack ?? told;
    }
    if (!this.stderr.writableEnded && !this.stderr.destroyed) this.stderr.write(`${name}: ${told}\n`);
    this.end(error instanceof SpawnError ? error.exitCode : 1);
  }
}

function held<Stream extends Readable | Writable>(stream: Stream): Stream {
  holdStream(stream);
  return stream;
}

function exchange<Stream extends Readable | Writable>(
  held: Stream | undefined,
  next: Stream | undefined,
): Stream | undefined {
  if (next === undefined || next === held) return held;
  holdStream(next);
  if (held !== undefined) releaseStream(held);
  return next;
}

function userNames(files: FileSystem): Map<number, string> {
  const names = new Map<number, string>();
  if (!files.exists('/etc/passwd')) return names;
  for (const line of files.readFile('/etc/passwd').toString().split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}
