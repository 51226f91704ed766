import type { Process } from '../container/process.ts';

/** A user's or group's name out of /etc/passwd or /etc/group; the number where it has none. */
export function nameOf(process: Pick<Process, 'files'>, path: '/etc/passwd' | '/etc/group', id: number): string {
  return knownName(process, path, id) ?? String(id);
}

export function knownName(
  process: Pick<Process, 'files'>,
  path: '/etc/passwd' | '/etc/group',
  id: number,
): string | undefined {
  if (!process.files.exists(path)) return undefined;
  for (const line of process.files.readFile(path).toString().split('\n')) {
    const [name, , number] = line.split(':');
    if (name !== undefined && number === String(id)) return name;
  }
  return undefined;
}
