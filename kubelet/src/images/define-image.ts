import type { FileSystem } from '../container/file-system.ts';
import type { Program } from '../container/process.ts';
import type { Image } from './image.ts';

/** An image from what differs from an empty one. */
export const defineImage = (parts: {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly programs?: Readonly<Record<string, Program>>;
  readonly files?: (root: FileSystem) => void;
  readonly sizeBytes?: number;
}): Image => ({
  entrypoint: [],
  command: [],
  env: {},
  workingDirectory: '/',
  programs: {},
  sizeBytes: 5_000_000,
  ...parts,
});
