import type { FileSystem } from '../container/file-system.ts';
import type { Program } from '../container/process.ts';

/** What a container runs, and the defaults that it brings: the simulated counterpart of an OCI image. */
export interface Image {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** `uid` or `uid:gid`; absent is root. */
  readonly user?: string | undefined;
  /** Programs by absolute path; the shell and the usual programs are in every image besides. */
  readonly programs: Readonly<Record<string, Program>>;
  /** Lays down the image's own files, once for all containers of the image. */
  readonly files?: ((root: FileSystem) => void) | undefined;
  /** The size that `kubectl describe node` and the Pulled event tell. */
  readonly sizeBytes: number;
}

/** Why an image could not be had, as the container runtime says it. */
export class ImagePullError extends Error {
  override readonly name = 'ImagePullError';
}

export interface ImageRegistry {
  /** Finds what a reference (`nginx:1.27`, `registry.k8s.io/pause:3.10`, `my-backend-app`) stands for; throws ImagePullError, or InvalidImageName's text as one. */
  resolve(reference: string): Image;
}
