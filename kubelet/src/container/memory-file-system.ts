import type { Clock, Random } from '@kubarium/shared';
import { check, mayUnlink, READ, WRITE } from './file-permissions.ts';
import type { Credentials, FileStat, FileSystem, Volume } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import type { Device, DirectoryNode, FileNode, Node } from './inode.ts';
import { appendTo, bytesOf, makeDirectoryNode, makeFileNode, shareTree } from './inode.ts';
import { MountedTree, writable } from './mounted-tree.ts';

/** What a file system needs of a runtime: the times of its files, and the bytes of its random devices. */
export interface FileRuntime {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

export interface MemoryFileSystemOptions {
  readonly runtime: FileRuntime;
  readonly readOnly?: boolean | undefined;
  /** What `mount` says of the root: `overlay` for a container, the volume's type for a volume. */
  readonly type?: string | undefined;
}

/**
 * A file system in memory over a tree of inodes. Shared nodes (an image's) are copied along the path of the first change, so
 * a container that writes nothing costs nothing. Path resolution is Linux's: symlinks up to 40, `..` stops at the root.
 */
export class MemoryFileSystem implements FileSystem {
  readonly #runtime: FileRuntime;
  readonly #tree: MountedTree;

  /** Makes the places of mounts; only once there is one that no image has. */
  #placeMaker: MemoryFileSystem | undefined;

  constructor(root: DirectoryNode, options: MemoryFileSystemOptions) {
    this.#runtime = options.runtime;
    this.#tree = new MountedTree({
      path: '/',
      type: options.type ?? 'overlay',
      readOnly: options.readOnly ?? false,
      tree: root.shared ? this : root,
      base: '',
      node: root,
    });
  }

  /** Makes what was written so far an image layer, and returns its root for other file systems to start from. */
  share(): DirectoryNode {
    const root = this.#tree.root.node as DirectoryNode;
    shareTree(root);
    return root;
  }

  readFile(path: string, as?: Credentials): Buffer {
    const node = this.#tree.existing(path, { follow: true, as });
    if (node.kind !== 'file') throw new FileSystemError('EISDIR', path);
    check(node, READ, path, as);
    if (node.read !== undefined) return node.read();
    if (node.device === 'random') {
      const bytes = Buffer.alloc(256);
      for (let i = 0; i < bytes.length; i++) bytes[i] = this.#runtime.random.integer(256);
      return bytes;
    }
    return bytesOf(node);
  }

  /** The device on this path, for those who open streams. */
  device(path: string): Device | undefined {
    const node = this.#tree.find(path, { follow: true }).node;
    return node?.kind === 'file' ? node.device : undefined;
  }

  writeFile(
    path: string,
    data: string | Uint8Array,
    options: { readonly mode?: number; readonly append?: boolean; readonly as?: Credentials } = {},
  ): void {
    const trail = this.#tree.walk(path, { follow: true, as: options.as });
    const last = trail.at(-1)!;
    if (last.node?.kind === 'directory') throw new FileSystemError('EISDIR', path);
    if (last.node?.kind === 'file' && last.node.device !== undefined) return;
    writable(last.mount, path);
    let node: FileNode;
    if (last.node === undefined) {
      const parent = this.#tree.ownDirectory(trail.slice(0, -1), path, options.as);
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
      node = this.#tree.own(trail) as FileNode;
    }
    if (options.append === true) appendTo(node, Buffer.from(data as string), path);
    else {
      node.data = typeof data === 'string' ? data : Buffer.from(data);
      node.size = Buffer.byteLength(data);
    }
    node.modifiedMs = this.#now();
    this.#tree.changed(last);
  }

  stat(path: string, options: { readonly noFollow?: boolean } = {}): FileStat {
    const node = this.#tree.existing(path, { follow: options.noFollow !== true });
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
    return this.#tree.has(path);
  }

  readDirectory(path: string, as?: Credentials): string[] {
    const node = this.#tree.existing(path, { follow: true, as });
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
    const trail = this.#tree.walk(path, { follow: true, as: options.as });
    const last = trail.at(-1)!;
    if (last.node !== undefined) {
      if (options.recursive === true && last.node.kind === 'directory') return;
      throw new FileSystemError('EEXIST', path);
    }
    writable(last.mount, path);
    const parent = this.#tree.ownDirectory(trail.slice(0, -1), path, options.as);
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
    this.#tree.changed(last);
  }

  remove(path: string, options: { readonly recursive?: boolean; readonly as?: Credentials } = {}): void {
    const trail = this.#tree.walk(path, { follow: false, as: options.as });
    const last = trail.at(-1)!;
    if (last.node === undefined) throw new FileSystemError('ENOENT', path);
    if (trail.length === 1 || this.#tree.mountAt(last.path) !== undefined) throw new FileSystemError('EINVAL', path);
    if (last.node.kind === 'directory' && last.node.entries.size > 0 && options.recursive !== true)
      throw new FileSystemError('ENOTEMPTY', path);
    writable(last.mount, path);
    const parent = this.#tree.ownDirectory(trail.slice(0, -1), path, options.as);
    mayUnlink(parent, last.node, path, options.as);
    parent.entries.delete(last.name);
    parent.modifiedMs = this.#now();
    this.#tree.changed(last);
  }

  rename(from: string, to: string, as?: Credentials): void {
    const source = this.#tree.walk(from, { follow: false, as });
    const moved = source.at(-1)!;
    if (moved.node === undefined) throw new FileSystemError('ENOENT', from);
    if (source.length === 1 || this.#tree.mountAt(moved.path) !== undefined) throw new FileSystemError('EINVAL', from);
    const target = this.#tree.walk(to, { follow: false, as });
    const place = target.at(-1)!;
    if (place.mount !== moved.mount) throw new FileSystemError('EXDEV', to);
    if (place.path === moved.path) return;
    if (place.path.startsWith(`${moved.path}/`) || target.length === 1) throw new FileSystemError('EINVAL', to);
    if (place.node?.kind === 'directory') {
      if (moved.node.kind !== 'directory') throw new FileSystemError('EISDIR', to);
      if (place.node.entries.size > 0) throw new FileSystemError('ENOTEMPTY', to);
    } else if (place.node !== undefined && moved.node.kind === 'directory') throw new FileSystemError('ENOTDIR', to);
    writable(moved.mount, from);
    const oldParent = this.#tree.ownDirectory(source.slice(0, -1), from, as);
    mayUnlink(oldParent, moved.node, from, as);
    oldParent.entries.delete(moved.name);
    // Walked again: owning the first parent may have replaced nodes on the second's path.
    const newParent = this.#tree.ownDirectory(this.#tree.walk(to, { follow: false, as }).slice(0, -1), to, as);
    newParent.entries.set(place.name, moved.node);
    oldParent.modifiedMs = newParent.modifiedMs = this.#now();
    this.#tree.changed(moved);
    this.#tree.changed(place);
  }

  symlink(target: string, path: string): void {
    const trail = this.#tree.walk(path, { follow: false });
    const last = trail.at(-1)!;
    if (last.node !== undefined) throw new FileSystemError('EEXIST', path);
    writable(last.mount, path);
    const parent = this.#tree.ownDirectory(trail.slice(0, -1), path);
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
    this.#tree.changed(last);
  }

  readLink(path: string): string {
    const node = this.#tree.existing(path, { follow: false });
    if (node.kind !== 'symlink') throw new FileSystemError('EINVAL', path);
    return node.target;
  }

  realPath(path: string): string {
    const last = this.#tree.find(path, { follow: true });
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
      if (as !== undefined) check(this.#tree.existing(path, { follow: true, as }), WRITE, path, as);
      this.#changeAttributes(path, (node) => (node.modifiedMs = this.#now()));
    }
  }

  watch(path: string, onChange: () => void): Disposable {
    return this.#tree.watch(path, onChange);
  }

  mount(path: string, volume: Volume, options: { readonly readOnly?: boolean; readonly subPath?: string } = {}): void {
    let node = volume.root as Node;
    let base = '';
    for (const name of (options.subPath ?? '').split('/').filter((part) => part !== '' && part !== '.')) {
      if (name === '..') throw new FileSystemError('EINVAL', options.subPath!);
      if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR', options.subPath!);
      let child = node.entries.get(name);
      if (child === undefined) node.entries.set(name, (child = makeDirectoryNode(this.#now(), 0o750)));
      if (child.kind === 'symlink')
        child = new MemoryFileSystem(volume.root as DirectoryNode, { runtime: this.#runtime }).#tree.existing(
          `${base}/${name}`,
          { follow: true },
        );
      node = child;
      base += `/${name}`;
    }
    const place = this.#mountPoint(path, node.kind === 'directory');
    const { type, root: tree } = volume;
    const mounted = { path: place, type, readOnly: options.readOnly ?? false, tree, base, node };
    this.#tree.mount(mounted);
    if (this.#placeMaker !== undefined) this.#placeMaker.#tree.mount({ ...mounted, readOnly: false });
  }

  mounts(): readonly { readonly path: string; readonly type: string; readonly readOnly: boolean }[] {
    return [this.#tree.root, ...this.#tree.mounts].map(({ path, type, readOnly }) => ({
      path,
      type,
      readOnly,
    }));
  }

  /** Makes the place for a mount, also on a read-only root: that is the container runtime's work. Returns where it is. */
  #mountPoint(path: string, directory: boolean): string {
    if (this.exists(path)) {
      const place = this.realPath(path);
      // The same text, so that not every container keeps one of its own.
      return place === path ? path : place;
    }
    const root = this.#tree.root.node as DirectoryNode;
    const isUsual = root.shared && this.#tree.hasFewMounts;
    const image = isUsual ? imageWithPlace(root, path, directory, this.#runtime) : undefined;
    if (image !== undefined && ![...this.#tree.mounts].some((mount) => image.place.startsWith(`${mount.path}/`))) {
      this.#tree.root.node = image.root;
      return image.place;
    }
    const maker = (this.#placeMaker ??= this.#writableTwin());
    maker.#tree.root.node = root;
    makePlace(maker, path, directory);
    this.#tree.root.node = maker.#tree.root.node;
    return maker.realPath(path);
  }

  /** Another view of what is mounted here, in which everything may be written. */
  #writableTwin(): MemoryFileSystem {
    const twin = new MemoryFileSystem(this.#tree.root.node as DirectoryNode, { runtime: this.#runtime });
    for (const mount of this.#tree.mounts) twin.#tree.mount({ ...mount, readOnly: false });
    return twin;
  }

  #now(): number {
    return this.#runtime.clock.now();
  }

  #changeAttributes(path: string, change: (node: Node) => void): void {
    const trail = this.#tree.walk(path, { follow: true });
    const last = trail.at(-1)!;
    if (last.node === undefined) throw new FileSystemError('ENOENT', path);
    writable(last.mount, path);
    change(this.#tree.own(trail));
    this.#tree.changed(last);
  }
}

const parentPath = (path: string): string => path.replace(/\/+[^/]*\/*$/, '') || '/';

function makePlace(files: MemoryFileSystem, path: string, directory: boolean): void {
  files.makeDirectory(directory ? path : parentPath(path), { recursive: true });
  if (!directory) files.writeFile(path, '');
}

interface ImageWithPlace {
  readonly root: DirectoryNode;
  /** Where the path leads in it. */
  readonly place: string;
}

/** For how many paths an image is kept: more than any sane set of manifests mounts. */
const PLACES_MAX = 100;

const imagesWithPlaces = new WeakMap<DirectoryNode, Map<string, ImageWithPlace>>();

/**
 * An image with a place to mount on in it, as old as the image itself; shared like it. Nearly every container has its service account mounted
 * on the same path, and with a tree of its own for that each would be a kilobyte larger.
 */
function imageWithPlace(
  image: DirectoryNode,
  path: string,
  directory: boolean,
  { random }: FileRuntime,
): ImageWithPlace | undefined {
  let known = imagesWithPlaces.get(image);
  if (known === undefined) imagesWithPlaces.set(image, (known = new Map<string, ImageWithPlace>()));
  const key = directory ? `${path}/` : path;
  let made = known.get(key);
  if (made === undefined && known.size < PLACES_MAX) {
    const files = new MemoryFileSystem(image, { runtime: { clock: { now: () => image.modifiedMs }, random } });
    makePlace(files, path, directory);
    made = { place: files.realPath(path), root: files.share() };
    known.set(key, made);
  }
  return made;
}
