import type { Runtime } from '@kubarium/shared';
import type { Volume } from './file-system.ts';
import type { DirectoryNode } from './inode.ts';
import { makeDirectoryNode, UnopenedDirectory } from './inode.ts';
import { MemoryFileSystem, type FileRuntime } from './memory-file-system.ts';

/** An empty volume; `mode` is its root directory's. */
export const createVolume = (
  type: string,
  runtime: Pick<Runtime, 'clock'>,
  mode = 0o755,
): Volume & { readonly root: DirectoryNode } => ({ type, root: makeDirectoryNode(runtime.clock.now(), mode) });

/** A volume that is filled when somebody first looks into it. */
export const createUnopenedVolume = (type: string, runtime: Pick<Runtime, 'clock'>, fill: () => void): Volume => ({
  type,
  root: new UnopenedDirectory(runtime.clock.now(), 0o755, fill),
});

/** A volume by itself as a file system, for those who fill it. */
export const openVolume = (volume: Volume, runtime: FileRuntime): MemoryFileSystem =>
  new MemoryFileSystem(volume.root as DirectoryNode, { runtime, type: volume.type });
