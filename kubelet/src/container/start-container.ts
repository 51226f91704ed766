import type { Runtime } from '@kubarium/shared';
import type { Image } from '../images/image.ts';
import { standardPrograms } from '../shell/programs/index.ts';
import type { Container, ContainerExit, StartContainer } from './container.ts';
import { FileSystemError } from './file-system.ts';
import { procVolume } from './proc-files.ts';
import { ProcessTable } from './process-table.ts';
import type { Program } from './process.ts';

const programsByImage = new WeakMap<Image, ReadonlyMap<string, Program>>();

/**
 * Starts a container's first process, number 1; all others end with it.
 *
 * Simplified: process 1 dies of signals that it does not handle, as any other; Linux spares it, so that a container whose
 * program does not care for SIGTERM lives until the grace period is over.
 */
export const startContainer: StartContainer = async (options) => {
  const { image, files, network, resolver, runtime, traces, pod, uid, gid, groups } = options;
  let programs = programsByImage.get(image);
  if (programs === undefined)
    programsByImage.set(image, (programs = new Map([...standardPrograms, ...Object.entries(image.programs)])));
  const table = new ProcessTable({ files, network, resolver, runtime, traces, pod, uid, gid, groups, programs });
  files.mount('/proc', procVolume(table));
  const cwd = options.workingDirectory === '' ? '/' : options.workingDirectory;
  makeWorkingDirectory(options.files, cwd, runtime);
  const env = { PATH: DEFAULT_PATH, ...(uid === 0 ? { HOME: '/root' } : { HOME: '/' }), ...image.env, ...options.env };
  const first = table.start({
    argv: options.argv,
    env,
    cwd,
    stdin: options.stdin,
    stdout: options.stdout,
    stderr: options.stderr,
    terminal: options.terminal,
  });
  return {
    exit: first.exit.then((exitCode): ContainerExit => ({ exitCode, signal: first.endedBy })),
    kill: (signal) => first.kill(signal),
    async exec(argv, spawn) {
      const terminal = spawn.terminal === undefined ? {} : { TERM: 'xterm' };
      return table.start({ ...spawn, argv, env: { ...env, ...terminal, ...spawn.env }, cwd: spawn.cwd ?? cwd });
    },
  } satisfies Container;
};

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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
