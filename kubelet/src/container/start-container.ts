import type { Runtime } from '@kubarium/shared';
import type { Image } from '../images/image.ts';
import { standardPrograms } from '../shell/programs/index.ts';
import type { Container, ContainerExit, StartContainer } from './container.ts';
import { FileSystemError } from './file-system.ts';
import { procVolume } from './proc-files.ts';
import { ProcessTable, type SimulatedProcess, type StartOptions } from './process-table.ts';
import type { ChildProcess, Program, SignalName, SpawnOptions } from './process.ts';

const programsByImage = new WeakMap<Image, ReadonlyMap<string, Program>>();

/**
 * Starts a container's first process, number 1; all others end with it.
 *
 * Simplified: process 1 dies of signals that it does not handle, as any other; Linux spares it, so that a container whose
 * program does not care for SIGTERM lives until the grace period is over.
 */
export const startContainer: StartContainer = async (options) => {
  const { image, argv, env, files, network, makeResolver, runtime, traces, pod, uid, gid, groups, streams } = options;
  let programs = programsByImage.get(image);
  if (programs === undefined)
    programsByImage.set(image, (programs = new Map([...standardPrograms, ...Object.entries(image.programs)])));
  const table = new ProcessTable({ files, network, makeResolver, runtime, traces, pod, uid, gid, groups, programs });
  files.mount('/proc', procVolume(table));
  const cwd = options.workingDirectory === '' ? '/' : options.workingDirectory;
  makeWorkingDirectory(options.files, cwd, runtime);
  return new StartedContainer(table, { argv, env, cwd, streams });
};

class StartedContainer implements Container {
  readonly exit: Promise<ContainerExit>;
  readonly #table: ProcessTable;
  readonly #first: SimulatedProcess;
  readonly #env: Readonly<Record<string, string>>;
  readonly #cwd: string;

  constructor(table: ProcessTable, first: StartOptions) {
    this.#table = table;
    this.#env = first.env;
    this.#cwd = first.cwd;
    const process = table.start(first);
    this.#first = process;
    this.exit = process.exit.then((exitCode): ContainerExit => ({ exitCode, signal: process.endedBy }));
  }

  kill(signal: SignalName): void {
    this.#first.kill(signal);
  }

  async exec(argv: readonly string[], spawn: SpawnOptions): Promise<ChildProcess> {
    const terminal = spawn.terminal === undefined ? {} : { TERM: 'xterm' };
    const env = { ...this.#env, ...terminal, ...spawn.env };
    return this.#table.start({ ...spawn, argv, env, cwd: spawn.cwd ?? this.#cwd });
  }
}

/** A container runtime makes the working directory where the image lacks it. */
function makeWorkingDirectory(files: Parameters<StartContainer>[0]['files'], cwd: string, runtime: Runtime): void {
  if (cwd === '/' || files.exists(cwd)) return;
  try {
    files.makeDirectory(cwd, { recursive: true });
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    runtime.logger.debug({ cwd, reason: error.message }, 'the working directory could not be made');
  }
}
