/** An error of the file system, with the code and wording of the operating system (`ENOENT: no such file or directory`). */
export class FileSystemError extends Error {
  override readonly name = 'FileSystemError';
  readonly code:
    | 'ENOENT'
    | 'EEXIST'
    | 'ENOTDIR'
    | 'EISDIR'
    | 'EACCES'
    | 'EROFS'
    | 'ENOTEMPTY'
    | 'ELOOP'
    | 'EINVAL'
    | 'EXDEV';
  readonly path: string;
  /** The system's words alone, without the path. */
  readonly reason: string;

  constructor(code: FileSystemError['code'], path: string) {
    super(`${MESSAGES[code]}: ${path}`);
    this.code = code;
    this.path = path;
    this.reason = MESSAGES[code];
  }
}

const MESSAGES: Record<FileSystemError['code'], string> = {
  ENOENT: 'No such file or directory',
  EEXIST: 'File exists',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EROFS: 'Read-only file system',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  EINVAL: 'Invalid argument',
  EXDEV: 'Invalid cross-device link',
};

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink';
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly modifiedMs: number;
}

/** A tree, or a single file, that can be mounted into file systems: a volume. The same volume may be mounted in several containers. */
export interface Volume {
  /** `tmpfs`, `ext4`, ...: what `mount` and `stat -f` say. */
  readonly type: string;
  readonly root: Directory | { readonly kind: 'file' };
}

/** A directory's inode; made and changed through a FileSystem, or by volume code that fills it (see volume-writer). */
export interface Directory {
  readonly kind: 'directory';
  readonly entries: Map<string, unknown>;
}

/**
 * A container's files: inodes in memory, an image's tree below (shared, copied on write), volumes mounted over it. Paths
 * are absolute. Nothing here reaches the host. Throws FileSystemError. `as` checks permissions for that user; without it, root.
 */
export interface FileSystem {
  readFile(path: string, as?: Credentials): Buffer;
  /** Makes or truncates the file; the directory must exist. */
  writeFile(
    path: string,
    data: string | Uint8Array,
    options?: { readonly mode?: number; readonly append?: boolean; readonly as?: Credentials },
  ): void;
  /** Follows symlinks unless `noFollow`. */
  stat(path: string, options?: { readonly noFollow?: boolean }): FileStat;
  exists(path: string): boolean;
  /** Names in byte order. */
  readDirectory(path: string, as?: Credentials): string[];
  makeDirectory(
    path: string,
    options?: { readonly recursive?: boolean; readonly mode?: number; readonly as?: Credentials },
  ): void;
  remove(path: string, options?: { readonly recursive?: boolean; readonly as?: Credentials }): void;
  rename(from: string, to: string, as?: Credentials): void;
  symlink(target: string, path: string): void;
  readLink(path: string): string;
  realPath(path: string): string;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  touch(path: string, as?: Credentials): void;
  /** Tells when anything at or below the path changes (for `tail -f` and friends). */
  watch(path: string, onChange: () => void): Disposable;
  mount(path: string, volume: Volume, options?: { readonly readOnly?: boolean; readonly subPath?: string }): void;
  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[];
}

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}
