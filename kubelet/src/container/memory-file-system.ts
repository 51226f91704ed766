import type { Runtime } from '@kubarium/shared';
import type { Credentials, FileStat, FileSystem, Volume } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import type { Device, DirectoryNode, FileNode, Node } from './inode.ts';
import { copyNode, makeDirectoryNode, makeFileNode, shareTree } from './inode.ts';

const READ = 4;
const WRITE = 2;
const SEARCH = 1;
const MAX_LINKS = 40;
/** No container may eat the host's memory by one file. */
const MAX_FILE_SIZE = 256 * 1024 * 1024;

interface Watcher {
  readonly path: string;
  readonly onChange: () => void;
}

/** Watchers of a tree by its root, because one volume is reached through many file systems. Paths are the tree's own. */
const watchersByTree = new WeakMap<object, Set<Watcher>>();

interface Mount {
  readonly path: string;
  readonly type: string;
  readonly readOnly: boolean;
  /** The whole volume's root, and where in it this mount begins (`''` or `/sub/path`). */
  readonly tree: object;
  readonly base: string;
  node: Node;
}

/** One step of a path: the canonical path so far, and what is there. */
interface Step {
  readonly name: string;
  readonly path: string;
  readonly mount: Mount;
  node: Node | undefined;
}

interface WalkOptions {
  readonly follow: boolean;
  readonly as?: Credentials | undefined;
}

export interface MemoryFileSystemOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly readOnly?: boolean | undefined;
  /** What `mount` says of the root: `overlay` for a container, the volume's type for a volume. */
  readonly type?: string | undefined;
}

/**
 * A file system in memory over a tree of inodes. Shared nodes (an image's) are copied along the path of the first change, so
 * a container that writes nothing costs nothing. Path resolution is Linux's: symlinks up to 40, `..` stops at the root.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly #root: Mount;
  readonly #mounts = new Map<string, Mount>();

  constructor(root: DirectoryNode, options: MemoryFileSystemOptions) {
    this.#runtime = options.runtime;
    this.#root = {
      path: '/',
      type: options.type ?? 'overlay',
      readOnly: options.readOnly ?? false,
      tree: root.shared ? this : root,
      base: '',
      node: root,
    };
  }

  /** Makes what was written so far an image layer, and returns its root for other file systems to start from. */
  share(): DirectoryNode {
    const root = this.#root.node as DirectoryNode;
    shareTree(root);
    return root;
  }

  readFile(path: string, as?: Credentials): Buffer {
    const node = this.#existing(path, { follow: true, as });
    if (node.kind !== 'file') throw new FileSystemError('EISDIR', path);
    check(node, READ, path, as);
    if (node.read !== undefined) return node.read();
    if (node.device === 'random') {
      const bytes = Buffer.alloc(256);
      for (let i = 0; i < bytes.length; i++) bytes[i] = this.#runtime.random.integer(256);
      return bytes;
    }
    return node.data.subarray(0, node.size);
  }

  /** The device on this path, for those who open streams. */
  device(path: string): Device | undefined {
    const node = this.#find(path, { follow: true }).node;
    return node?.kind === 'file' ? node.device : undefined;
  }

  writeFile(
    path: string,
    data: string | Uint8Array,
    options: { readonly mode?: number; readonly append?: boolean; readonly as?: Credentials } = {},
  ): void {
    const trail = this.#walk(path, { follow: true, as: options.as });
    const last = trail.at(-1)!;
    if (last.node?.kind === 'directory') throw new FileSystemError('EISDIR', path);
    if (last.node?.kind === 'file' && last.node.device !== undefined) return;
    writable(last.mount, path);
    const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
    let node: FileNode;
    if (last.node === undefined) {
      const parent = this.#ownDirectory(trail.slice(0, -1), path, options.as);
      node = makeFileNode(
        this.#now(),
        options.mode ?? 0o644,
        options.as?.uid ?? 0,
        (parent.mode & 0o2000) !== 0 ? parent.gid : (options.as?.gid ?? 0),
      );
      parent.entries.set(last.name, node);
      parent.modifiedMs = this.#now();
    } else {
      check(last.node, WRITE, path, options.as);
      if ((last.node as FileNode).read !== undefined) throw new FileSystemError('EACCES', path);
      node = this.#own(trail) as FileNode;
    }
    if (options.append === true) append(node, bytes, path);
    else {
      node.data = bytes;
      node.size = bytes.length;
    }
    node.modifiedMs = this.#now();
    this.#changed(last);
  }

  stat(path: string, options: { readonly noFollow?: boolean } = {}): FileStat {
    const node = this.#existing(path, { follow: options.noFollow !== true });
    return {
      type: node.kind,
      mode: node.mode,
      uid: node.uid,
      gid: node.gid,
      size: node.kind === 'file' ? node.size : node.kind === 'symlink' ? node.target.length : 4096,
      modifiedMs: node.modifiedMs,
    };
  }

  exists(path: string): boolean {
    try {
      return this.#find(path, { follow: true }).node !== undefined;
    } catch (error) {
      if (error instanceof FileSystemError) return false;
      throw error;
    }
  }

  readDirectory(path: string, as?: Credentials): string[] {
    const node = this.#existing(path, { follow: true, as });
    if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR', path);
    check(node, READ, path, as);
    return [...node.entries.keys()].toSorted();
  }

  makeDirectory(
    path: string,
    options: { readonly recursive?: boolean; readonly mode?: number; readonly as?: Credentials } = {},
  ): void {
    if (options.recursive === true) {
      const above = parentPath(path);
      if (above !== path && !this.exists(above)) this.makeDirectory(above, options);
    }
    const trail = this.#walk(path, { follow: true, as: options.as });
    const last = trail.at(-1)!;
    if (last.node !== undefined) {
      if (options.recursive === true && last.node.kind === 'directory') return;
      throw new FileSystemError('EEXIST', path);
    }
    writable(last.mount, path);
    const parent = this.#ownDirectory(trail.slice(0, -1), path, options.as);
    const inherits = (parent.mode & 0o2000) !== 0;
    parent.entries.set(
      last.name,
      makeDirectoryNode(
        this.#now(),
        (options.mode ?? 0o755) | (inherits ? 0o2000 : 0),
        options.as?.uid ?? 0,
        inherits ? parent.gid : (options.as?.gid ?? 0),
      ),
    );
    parent.modifiedMs = this.#now();
    this.#changed(last);
  }

  remove(path: string, options: { readonly recursive?: boolean; readonly as?: Credentials } = {}): void {
    const trail = this.#walk(path, { follow: false, as: options.as });
    const last = trail.at(-1)!;
    if (last.node === undefined) throw new FileSystemError('ENOENT', path);
    if (trail.length === 1 || this.#mounts.has(last.path)) throw new FileSystemError('EINVAL', path);
    if (last.node.kind === 'directory' && last.node.entries.size > 0 && options.recursive !== true)
      throw new FileSystemError('ENOTEMPTY', path);
    writable(last.mount, path);
    const parent = this.#ownDirectory(trail.slice(0, -1), path, options.as);
    mayUnlink(parent, last.node, path, options.as);
    parent.entries.delete(last.name);
    parent.modifiedMs = this.#now();
    this.#changed(last);
  }

  rename(from: string, to: string, as?: Credentials): void {
    const source = this.#walk(from, { follow: false, as });
    const moved = source.at(-1)!;
    if (moved.node === undefined) throw new FileSystemError('ENOENT', from);
    if (source.length === 1 || this.#mounts.has(moved.path)) throw new FileSystemError('EINVAL', from);
    const target = this.#walk(to, { follow: false, as });
    const place = target.at(-1)!;
    if (place.mount !== moved.mount) throw new FileSystemError('EXDEV', to);
    if (place.path === moved.path) return;
    if (place.path.startsWith(`${moved.path}/`) || target.length === 1) throw new FileSystemError('EINVAL', to);
    if (place.node?.kind === 'directory') {
      if (moved.node.kind !== 'directory') throw new FileSystemError('EISDIR', to);
      if (place.node.entries.size > 0) throw new FileSystemError('ENOTEMPTY', to);
    } else if (place.node !== undefined && moved.node.kind === 'directory') throw new FileSystemError('ENOTDIR', to);
    writable(moved.mount, from);
    const oldParent = this.#ownDirectory(source.slice(0, -1), from, as);
    mayUnlink(oldParent, moved.node, from, as);
    oldParent.entries.delete(moved.name);
    // Walked again: owning the first parent may have replaced nodes on the second's path.
    const newParent = this.#ownDirectory(this.#walk(to, { follow: false, as }).slice(0, -1), to, as);
    newParent.entries.set(place.name, moved.node);
    oldParent.modifiedMs = newParent.modifiedMs = this.#now();
    this.#changed(moved);
    this.#changed(place);
  }

  symlink(target: string, path: string): void {
    const trail = this.#walk(path, { follow: false });
    const last = trail.at(-1)!;
    if (last.node !== undefined) throw new FileSystemError('EEXIST', path);
    writable(last.mount, path);
    const parent = this.#ownDirectory(trail.slice(0, -1), path);
    parent.entries.set(last.name, {
      kind: 'symlink',
      target,
      mode: 0o777,
      uid: 0,
      gid: 0,
      modifiedMs: this.#now(),
      shared: false,
    });
    parent.modifiedMs = this.#now();
    this.#changed(last);
  }

  readLink(path: string): string {
    const node = this.#existing(path, { follow: false });
    if (node.kind !== 'symlink') throw new FileSystemError('EINVAL', path);
    return node.target;
  }

  realPath(path: string): string {
    const last = this.#find(path, { follow: true });
    if (last.node === undefined) throw new FileSystemError('ENOENT', path);
    return last.path;
  }

  chmod(path: string, mode: number): void {
    this.#changeAttributes(path, (node) => (node.mode = mode & 0o7777));
  }

  chown(path: string, uid: number, gid: number): void {
    this.#changeAttributes(path, (node) => {
      node.uid = uid;
      node.gid = gid;
    });
  }

  touch(path: string, as?: Credentials): void {
    if (!this.exists(path)) this.writeFile(path, '', { ...(as && { as }) });
    else {
      if (as !== undefined) check(this.#existing(path, { follow: true, as }), WRITE, path, as);
      this.#changeAttributes(path, (node) => (node.modifiedMs = this.#now()));
    }
  }

  watch(path: string, onChange: () => void): Disposable {
    const last = this.#walk(path, { follow: true }).at(-1)!;
    const watcher = { path: pathInTree(last), onChange };
    const tree = last.mount.tree;
    let watchers = watchersByTree.get(tree);
    if (watchers === undefined) watchersByTree.set(tree, (watchers = new Set()));
    watchers.add(watcher);
    return { [Symbol.dispose]: () => void watchers.delete(watcher) };
  }

  mount(path: string, volume: Volume, options: { readonly readOnly?: boolean; readonly subPath?: string } = {}): void {
    let node = volume.root as DirectoryNode as Node;
    let base = '';
    for (const name of (options.subPath ?? '').split('/').filter((part) => part !== '' && part !== '.')) {
      if (name === '..') throw new FileSystemError('EINVAL', options.subPath!);
      if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR', options.subPath!);
      let child = node.entries.get(name);
      if (child === undefined) node.entries.set(name, (child = makeDirectoryNode(this.#now(), 0o750)));
      if (child.kind === 'symlink') child = openVolume(volume, this.#runtime).#existing(`${base}/${name}`, FOLLOW);
      node = child;
      base += `/${name}`;
    }
    const place = this.#mountPoint(path, node.kind === 'directory');
    this.#mounts.set(place, {
      path: place,
      type: volume.type,
      readOnly: options.readOnly ?? false,
      tree: volume.root,
      base,
      node,
    });
  }

  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[] {
    return [this.#root, ...this.#mounts.values()].map(({ path, type, readOnly }) => ({ path, type, readOnly }));
  }

  /** Makes the place for a mount, also on a read-only root: that is the container runtime's work. */
  #mountPoint(path: string, directory: boolean): string {
    const root: Mount = { ...this.#root, readOnly: false };
    const maker = new MemoryFileSystem(root.node as DirectoryNode, { runtime: this.#runtime });
    for (const [at, mount] of this.#mounts) maker.#mounts.set(at, { ...mount, readOnly: false });
    if (!maker.exists(path)) {
      maker.makeDirectory(directory ? path : parentPath(path), { recursive: true });
      if (!directory) maker.writeFile(path, '');
    }
    this.#root.node = maker.#root.node;
    return maker.realPath(path);
  }

  #now(): number {
    return this.#runtime.clock.now();
  }

  #find(path: string, options: WalkOptions): Step {
    return this.#walk(path, options).at(-1)!;
  }

  #existing(path: string, options: WalkOptions): Node {
    const { node } = this.#find(path, options);
    if (node === undefined) throw new FileSystemError('ENOENT', path);
    return node;
  }

  /** The steps from the root to the path; the last one's node is undefined where only it is missing. */
  #walk(path: string, options: WalkOptions): Step[] {
    const pending = path.split('/').toReversed();
    const trail: Step[] = [{ name: '', path: '/', mount: this.#root, node: this.#root.node }];
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop()!;
      const here = trail.at(-1)!;
      if (name === '' || name === '.') {
        if (here.node !== undefined && here.node.kind !== 'directory' && (name === '.' || pending.length === 0))
          throw new FileSystemError('ENOTDIR', path);
        continue;
      }
      if (name === '..') {
        if (here.node === undefined) throw new FileSystemError('ENOENT', path);
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (here.node === undefined) throw new FileSystemError('ENOENT', path);
      if (here.node.kind !== 'directory') throw new FileSystemError('ENOTDIR', path);
      check(here.node, SEARCH, path, options.as);
      const childPath = here.path === '/' ? `/${name}` : `${here.path}/${name}`;
      const mount = this.#mounts.size === 0 ? undefined : this.#mounts.get(childPath);
      const node = mount === undefined ? here.node.entries.get(name) : mount.node;
      if (node?.kind === 'symlink' && (pending.some((part) => part !== '') || options.follow)) {
        if (++links > MAX_LINKS) throw new FileSystemError('ELOOP', path);
        if (node.target.startsWith('/')) trail.length = 1;
        pending.push(...node.target.split('/').toReversed());
        continue;
      }
      trail.push({ name, path: childPath, mount: mount ?? here.mount, node });
    }
    return trail;
  }

  /** The last node of a trail, copied out of the image with all that leads to it where it is shared. */
  #own(trail: readonly Step[]): Node {
    const last = trail.at(-1)!;
    if (!last.node!.shared) return last.node!;
    const copy = copyNode(last.node!);
    if (trail.length === 1) this.#root.node = copy;
    else if (last.mount.path === last.path) last.mount.node = copy;
    else (this.#own(trail.slice(0, -1)) as DirectoryNode).entries.set(last.name, copy);
    last.node = copy;
    return copy;
  }

  #ownDirectory(trail: readonly Step[], path: string, as?: Credentials): DirectoryNode {
    const node = trail.at(-1)?.node;
    if (node === undefined) throw new FileSystemError('ENOENT', path);
    if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR', path);
    check(node, WRITE | SEARCH, path, as);
    return this.#own(trail) as DirectoryNode;
  }

  #changeAttributes(path: string, change: (node: Node) => void): void {
    const trail = this.#walk(path, { follow: true });
    const last = trail.at(-1)!;
    if (last.node === undefined) throw new FileSystemError('ENOENT', path);
    writable(last.mount, path);
    change(this.#own(trail));
    this.#changed(last);
  }

  #changed(step: Step): void {
    const watchers = watchersByTree.get(step.mount.tree);
    if (watchers === undefined || watchers.size === 0) return;
    const path = pathInTree(step);
    for (const watcher of Array.from(watchers))
      if (path === watcher.path || path.startsWith(`${watcher.path}/`)) watcher.onChange();
  }
}

const FOLLOW: WalkOptions = { follow: true };

/** An empty volume; `mode` is its root directory's. */
export const createVolume = (
  type: string,
  runtime: Pick<Runtime, 'clock'>,
  mode = 0o755,
): Volume & { readonly root: DirectoryNode } => ({ type, root: makeDirectoryNode(runtime.clock.now(), mode) });

/** A volume by itself as a file system, for those who fill it. */
export const openVolume = (volume: Volume, runtime: Pick<Runtime, 'clock' | 'random'>): MemoryFileSystem =>
  new MemoryFileSystem(volume.root as DirectoryNode, { runtime, type: volume.type });

function pathInTree(step: Step): string {
  const inside = step.mount.path === '/' ? step.path : step.path.slice(step.mount.path.length);
  return `${step.mount.base}${inside}`.replace(/\/$/, '');
}

function writable(mount: Mount, path: string): void {
  if (mount.readOnly) throw new FileSystemError('EROFS', path);
}

/** A sticky directory (/tmp) lets only the owner take things away. */
function mayUnlink(parent: DirectoryNode, node: Node, path: string, as: Credentials | undefined): void {
  if (as === undefined || as.uid === 0 || (parent.mode & 0o1000) === 0) return;
  if (as.uid !== node.uid && as.uid !== parent.uid) throw new FileSystemError('EACCES', path);
}

function check(node: Node, wanted: number, path: string, as: Credentials | undefined): void {
  if (as !== undefined && !isAllowed(node, wanted, as)) throw new FileSystemError('EACCES', path);
}

/** Unix permission bits: the first class that fits (owner, group, others) decides; root may all, and execute what anyone may. */
export function isAllowed(
  node: { readonly mode: number; readonly uid: number; readonly gid: number; readonly kind?: string },
  wanted: number,
  as: Credentials,
): boolean {
  if (as.uid === 0) return (wanted & SEARCH) === 0 || node.kind === 'directory' || (node.mode & 0o111) !== 0;
  const shift = as.uid === node.uid ? 6 : as.gid === node.gid || as.groups.includes(node.gid) ? 3 : 0;
  return ((node.mode >> shift) & wanted) === wanted;
}

function append(node: FileNode, bytes: Buffer, path: string): void {
  const size = node.size + bytes.length;
  if (size > MAX_FILE_SIZE) throw new FileSystemError('EINVAL', path);
  if (size > node.data.length) {
    const larger = Buffer.alloc(Math.max(size, node.data.length * 2, 64));
    node.data.copy(larger, 0, 0, node.size);
    node.data = larger;
  }
  bytes.copy(node.data, node.size);
  node.size = size;
}

const parentPath = (path: string): string => path.replace(/\/+[^/]*\/*$/, '') || '/';
