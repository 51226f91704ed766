import type { Runtime } from '@kubarium/shared';
import type { FileSystem, Volume } from './file-system.ts';
import type { DirectoryNode } from './inode.ts';
import { makeDirectoryNode, makeFileNode, UnopenedDirectory } from './inode.ts';
import { MemoryFileSystem, type FileRuntime } from './memory-file-system.ts';
import type { NewVolume } from './volumes/pod-volume.ts';

/** An empty volume; `mode` is its root directory's. */
export const createVolume = (
  type: string,
  runtime: Pick<Runtime, 'clock'>,
  mode = 0o755,
): Volume & { readonly root: DirectoryNode } => ({ type, root: makeDirectoryNode(runtime.clock.now(), mode) });

/** A volume that is filled when somebody first looks into it. */
export const createUnopenedVolume = (
  type: string,
  runtime: Pick<Runtime, 'clock'>,
  fill: (root: DirectoryNode) => void,
): Volume => ({
  type,
  root: new UnopenedDirectory(runtime.clock.now(), 0o755, fill),
});

/** A volume that is an empty file. */
export const createFileVolume = (type: string, runtime: Pick<Runtime, 'clock'>, mode: number): Volume => ({
  type,
  root: makeFileNode(runtime.clock.now(), mode),
});

/** A volume by itself as a file system, for those who fill it. */
export const openVolume = (volume: Volume, runtime: FileRuntime): MemoryFileSystem =>
  new MemoryFileSystem(volume.root as DirectoryNode, { runtime, type: volume.type });

/** A volume and the way into it: made at each asking, since hardly anybody asks twice. */
export class OpenableVolume implements NewVolume {
  readonly volume: Volume;
  readonly #runtime: FileRuntime;

  constructor(volume: Volume, runtime: FileRuntime) {
    this.volume = volume;
    this.#runtime = runtime;
  }

  get files(): FileSystem {
    return openVolume(this.volume, this.#runtime);
  }
}
