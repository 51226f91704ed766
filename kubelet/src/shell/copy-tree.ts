import type { Process } from '../container/process.ts';

/** Copies a file, or a directory with all below it; symbolic links below stay links. */
export function copyTree(process: Process, from: string, to: string): void {
  const stat = process.files.stat(from);
  if (stat.type !== 'directory') {
    process.files.writeFile(to, process.files.readFile(from, process), { mode: stat.mode, as: process });
    return;
  }
  process.files.makeDirectory(to, { recursive: true, mode: stat.mode, as: process });
  for (const name of process.files.readDirectory(from, process)) {
    const inner = `${from}/${name}`;
    if (process.files.stat(inner, { noFollow: true }).type === 'symlink')
      process.files.symlink(process.files.readLink(inner), `${to}/${name}`);
    else copyTree(process, inner, `${to}/${name}`);
  }
}
