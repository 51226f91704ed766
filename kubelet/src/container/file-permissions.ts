import type { Credentials } from './file-system.ts';
import { FileSystemError } from './file-system.ts';
import type { DirectoryNode, Node } from './inode.ts';

/** What one may want of a file, as permission bits. */
export const READ = 4;
export const WRITE = 2;
export const SEARCH = 1;

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

/** Throws EACCES where someone may not have what is wanted; nobody (`undefined`) is the container runtime, who may. */
export function check(node: Node, wanted: number, path: string, as: Credentials | undefined): void {
  if (as !== undefined && !isAllowed(node, wanted, as)) throw new FileSystemError('EACCES', path);
}

/** A sticky directory (/tmp) lets only the owner take things away: throws EACCES. */
export function mayUnlink(parent: DirectoryNode, node: Node, path: string, as: Credentials | undefined): void {
  if (as === undefined || as.uid === 0 || (parent.mode & 0o1000) === 0) return;
  if (as.uid !== node.uid && as.uid !== parent.uid) throw new FileSystemError('EACCES', path);
}
