import type { FileSystem, Volume } from '../file-system.ts';

/** A new, empty volume and a file system whose root it is, to fill it with. */
export interface NewVolume {
  readonly volume: Volume;
  readonly files: FileSystem;
}

/**
 * Makes an empty volume of a file system type (`tmpfs`, `ext4`). With `fill`, one that this fills when somebody first looks into it: through a
 * file system in which it is still, or again, a moment of its choice.
 */
export type MakeVolume = (type: string, fill?: (filesAt: (nowMs: number) => FileSystem) => void) => NewVolume;

/** A pod's volume, ready to be mounted into its containers. */
export interface PodVolume {
  readonly made: NewVolume;
  /** Where in the tree the pod's volume begins; empty for its root. No slash at either end. */
  readonly prefix: string;
  readonly readOnly: boolean;
  /** Whether a subPath that is not there is made as a folder; else it is an error. */
  readonly growsSubPaths: boolean;
}
