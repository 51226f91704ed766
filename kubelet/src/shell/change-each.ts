import type { Process } from '../container/process.ts';

/** Calls `change` for a path and, when `recursive`, for all below it. */
export function changeEach(process: Process, path: string, recursive: boolean, change: (path: string) => void): void {
  change(path);
  if (recursive && process.files.stat(path, { noFollow: true }).type === 'directory')
    for (const name of process.files.readDirectory(path)) changeEach(process, `${path}/${name}`, true, change);
}
