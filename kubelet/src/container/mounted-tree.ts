import { findBy, type FewOrManyBy, NONE, valuesOf, withOneBy } from '@kubarium/shared';
import type { Credentials } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import { check, SEARCH, WRITE } from './file-permissions.ts';
import type { DirectoryNode, Node } from './inode.ts';
import { copyNode } from './inode.ts';

const MAX_LINKS = 40;

const pathOf = ({ path }: Mount): string => path;

interface Watcher {
  readonly path: string;
  readonly onChange: () => void;
}

/** Watchers of a tree by its root, because one volume is reached through many file systems. Paths are the tree's own. */
const watchersByTree = new WeakMap<object, Set<Watcher>>();

/** Where a tree of inodes hangs in another. */
export interface Mount {
  readonly path: string;
  readonly type: string;
  readonly readOnly: boolean;
  /** The whole volume's root, and where in it this mount begins (`''` or `/sub/path`). */
  readonly tree: object;
  readonly base: string;
  node: Node;
}

/** One step of a path: the canonical path so far, and what is there. */
export interface Step {
  readonly name: string;
  readonly path: string;
  readonly mount: Mount;
  node: Node | undefined;
}

export interface WalkOptions {
  readonly follow: boolean;
  readonly as?: Credentials | undefined;
}

/**
 * A tree of inodes with others mounted in it, and the paths in it: symlinks up to 40, `..` stops at the root. Shared nodes are copied
 * along the path of the first change. Errors are FileSystemErrors.
 */
export class MountedTree {
  readonly root: Mount;
  /** Their paths are as `realPath` gives them. */
  #mounts: FewOrManyBy<Mount> = NONE;

  constructor(root: Mount) {
    this.root = root;
  }

  get mounts(): Iterable<Mount> {
    return valuesOf(this.#mounts);
  }

  /** As few as nearly all containers have. */
  get hasFewMounts(): boolean {
    return !(this.#mounts instanceof Map);
  }

  mountAt(path: string): Mount | undefined {
    return findBy(this.#mounts, path, pathOf);
  }

  /** Hangs a tree in this one; on a place that has one already, instead of that. */
  mount(mount: Mount): void {
    this.#mounts = withOneBy(this.#mounts, mount, pathOf);
  }

  /** What is on the path; no node where only the last part is missing. */
  find(path: string, options: WalkOptions): Step {
    return this.walk(path, options).at(-1)!;
  }

  /** The node on the path. Throws ENOENT. */
  existing(path: string, options: WalkOptions): Node {
    const { node } = this.find(path, options);
    if (node === undefined) throw new FileSystemError('ENOENT', path);
    return node;
  }

  /** Whether something is on the path, for the root user. */
  has(path: string): boolean {
    const trail = this.#trail(path, { follow: true });
    return typeof trail !== 'string' && trail.at(-1)!.node !== undefined;
  }

  /** The steps from the root to the path; the last one's node is undefined where only it is missing. */
  walk(path: string, options: WalkOptions): Step[] {
    const trail = this.#trail(path, options);
    if (typeof trail === 'string') throw new FileSystemError(trail, path);
    return trail;
  }

  /** The steps, or why the path leads nowhere: told, not thrown, since many only want to know whether it does. */
  #trail(path: string, options: WalkOptions): Step[] | FileSystemError['code'] {
    const pending = path.split('/').toReversed();
    const trail: Step[] = [{ name: '', path: '/', mount: this.root, node: this.root.node }];
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop()!;
      const here = trail.at(-1)!;
      if (name === '' || name === '.') {
        if (here.node !== undefined && here.node.kind !== 'directory' && (name === '.' || pending.length === 0))
          return 'ENOTDIR';
        continue;
      }
      if (name === '..') {
        if (here.node === undefined) return 'ENOENT';
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (here.node === undefined) return 'ENOENT';
      if (here.node.kind !== 'directory') return 'ENOTDIR';
      check(here.node, SEARCH, path, options.as);
      const childPath = here.path === '/' ? `/${name}` : `${here.path}/${name}`;
      const mount = this.mountAt(childPath);
      const node = mount === undefined ? here.node.entries.get(name) : mount.node;
      if (node?.kind === 'symlink' && (pending.some((part) => part !== '') || options.follow)) {
        if (++links > MAX_LINKS) return 'ELOOP';
        if (node.target.startsWith('/')) trail.length = 1;
        pending.push(...node.target.split('/').toReversed());
        continue;
      }
      trail.push({ name, path: childPath, mount: mount ?? here.mount, node });
    }
    return trail;
  }

  /** The last node of a trail, copied out of the image with all that leads to it where it is shared. */
  own(trail: readonly Step[]): Node {
    const last = trail.at(-1)!;
    if (!last.node!.shared) return last.node!;
    const copy = copyNode(last.node!);
    if (trail.length === 1) this.root.node = copy;
    else if (last.mount.path === last.path) last.mount.node = copy;
    else (this.own(trail.slice(0, -1)) as DirectoryNode).entries.set(last.name, copy);
    last.node = copy;
    return copy;
  }

  /** The directory at the end of a trail, ready to be changed. */
  ownDirectory(trail: readonly Step[], path: string, as?: Credentials): DirectoryNode {
    const node = trail.at(-1)?.node;
    if (node === undefined) throw new FileSystemError('ENOENT', path);
    if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR', path);
    check(node, WRITE | SEARCH, path, as);
    return this.own(trail) as DirectoryNode;
  }

  /** Calls back at each change on the path or below, whichever file system makes it. */
  watch(path: string, onChange: () => void): Disposable {
    const last = this.walk(path, { follow: true }).at(-1)!;
    const watcher = { path: pathInTree(last), onChange };
    const tree = last.mount.tree;
    let watchers = watchersByTree.get(tree);
    if (watchers === undefined) watchersByTree.set(tree, (watchers = new Set()));
    watchers.add(watcher);
    return { [Symbol.dispose]: () => void watchers.delete(watcher) };
  }

  /** Tells those who watch. */
  changed(step: Step): void {
    const watchers = watchersByTree.get(step.mount.tree);
    if (watchers === undefined || watchers.size === 0) return;
    const path = pathInTree(step);
    for (const watcher of Array.from(watchers))
      if (path === watcher.path || path.startsWith(`${watcher.path}/`)) watcher.onChange();
  }
}

function pathInTree(step: Step): string {
  const inside = step.mount.path === '/' ? step.path : step.path.slice(step.mount.path.length);
  return `${step.mount.base}${inside}`.replace(/\/$/, '');
}

/** Throws EROFS on a read-only mount. */
export function writable(mount: Mount, path: string): void {
  if (mount.readOnly) throw new FileSystemError('EROFS', path);
}
