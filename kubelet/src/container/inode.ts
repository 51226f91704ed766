import type { Directory } from './file-system.ts';
import { FileSystemError } from './file-system.ts';

/** What a file on a device file's place does when read or written. */
export type Device = 'null' | 'zero' | 'full' | 'random' | 'stdin' | 'stdout' | 'stderr' | 'tty';

interface Attributes {
  mode: number;
  uid: number;
  gid: number;
  modifiedMs: number;
  /** Part of an image and so of many file systems: never changed, copied by the file system that wants to. */
  shared: boolean;
}

export interface FileNode extends Attributes {
  readonly kind: 'file';
  /** What was written as a text stays one until it is read. Bytes may be longer than `size`: room to append. See `bytesOf`. */
  data: Buffer | string;
  size: number;
  /** Content made at each reading, as in /proc. */
  readonly read?: (() => Buffer) | undefined;
  readonly device?: Device | undefined;
}

export interface SymlinkNode extends Attributes {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface DirectoryNode extends Attributes, Directory {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
}

export type Node = FileNode | SymlinkNode | DirectoryNode;

export const makeDirectoryNode = (modifiedMs: number, mode = 0o755, uid = 0, gid = 0): DirectoryNode => ({
  kind: 'directory',
  entries: new Map(),
  mode,
  uid,
  gid,
  modifiedMs,
  shared: false,
});

/** A directory that is filled when somebody first looks into it: hardly any pod looks into all volumes that it mounts. */
export class UnopenedDirectory implements DirectoryNode {
  readonly kind = 'directory';
  mode: number;
  uid = 0;
  gid = 0;
  modifiedMs: number;
  shared = false;
  #entries: Map<string, Node> | undefined;
  readonly #fill: (directory: UnopenedDirectory) => void;

  constructor(modifiedMs: number, mode: number, fill: (directory: UnopenedDirectory) => void) {
    this.mode = mode;
    this.modifiedMs = modifiedMs;
    this.#fill = fill;
  }

  get entries(): Map<string, Node> {
    if (this.#entries !== undefined) return this.#entries;
    this.#entries = new Map();
    this.#fill(this);
    return this.#entries;
  }
}

export const makeFileNode = (modifiedMs: number, mode = 0o644, uid = 0, gid = 0): FileNode => ({
  kind: 'file',
  data: EMPTY,
  size: 0,
  mode,
  uid,
  gid,
  modifiedMs,
  shared: false,
});

const EMPTY = Buffer.alloc(0);

/** A file whose text is made of something when somebody first reads it. */
export class UnopenedFile<Source> implements FileNode {
  readonly kind = 'file';
  mode = 0o644;
  uid = 0;
  gid = 0;
  modifiedMs: number;
  shared = false;
  #data: Buffer | string | undefined;
  #size: number | undefined;
  readonly #source: Source;
  readonly #textOf: (source: Source) => string;

  constructor(modifiedMs: number, source: Source, textOf: (source: Source) => string) {
    this.modifiedMs = modifiedMs;
    this.#source = source;
    this.#textOf = textOf;
  }

  get data(): Buffer | string {
    return (this.#data ??= this.#textOf(this.#source));
  }

  set data(data: Buffer | string) {
    this.#data = data;
  }

  get size(): number {
    return (this.#size ??= Buffer.byteLength(this.data));
  }

  set size(size: number) {
    this.#size = size;
  }
}

/** A node of its own for a file system that is about to change a shared one; directories share their children. */
export function copyNode(node: DirectoryNode): DirectoryNode;
export function copyNode(node: FileNode): FileNode;
export function copyNode(node: Node): Node;
export function copyNode(node: Node): Node {
  switch (node.kind) {
    case 'directory':
      return { ...node, entries: new Map(node.entries), shared: false };
    case 'file':
      // Exactly full: the first append takes a buffer of its own.
      return {
        ...node,
        data: typeof node.data === 'string' ? node.data : bytesOf(node),
        size: node.size,
        shared: false,
      };
    case 'symlink':
      return { ...node, shared: false };
  }
}

/** Gives a tree out of hand: from now on every file system copies its nodes before changing them. */
export function shareTree(node: Node): void {
  if (node.shared) return;
  node.shared = true;
  if (node.kind === 'directory') for (const child of node.entries.values()) shareTree(child);
}

/** The content of a file. Most files of most pods are written, and never looked at: only what is read becomes bytes. */
export function bytesOf(node: FileNode): Buffer {
  if (typeof node.data === 'string') node.data = Buffer.from(node.data);
  return node.data.subarray(0, node.size);
}

/** No container may eat the host's memory by one file. */
const MAX_FILE_SIZE = 256 * 1024 * 1024;

/** Appends to a file that is not shared. Throws where it would become too large; the path is for the message. */
export function appendTo(node: FileNode, bytes: Buffer, path: string): void {
  const size = node.size + bytes.length;
  if (size > MAX_FILE_SIZE) throw new FileSystemError('EINVAL', path);
  const content = bytesOf(node);
  let room = node.data as Buffer;
  if (size > room.length) {
    room = Buffer.alloc(Math.max(size, room.length * 2, 64));
    content.copy(room);
    node.data = room;
  }
  bytes.copy(room, node.size);
  node.size = size;
}
