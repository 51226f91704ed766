import { microTimestamp } from '@kubarium/shared';
import type { FileSystem } from '../file-system.ts';
import type { Payload } from './payload.ts';

/*
 * How the kubelet lays files down so that a reader never sees half an update (its AtomicWriter):
 *
 *   ..2026_01_01_00_00_00.000000001/key   the files
 *   ..data -> ..2026_01_01_00_00_00.000000001
 *   key -> ..data/key                     for each first part of a path
 *
 * An update writes a new timed folder and then turns `..data` in one rename.
 */

/**
 * Writes the files of a volume, or replaces those written before, as one change. `files` is rooted at the volume. With an
 * fsGroup the files belong to that group and it may read them.
 */
export function writePayload(files: FileSystem, payload: Payload, nowMs: number, fsGroup: number | undefined): void {
  const present = new Set(files.readDirectory('/'));
  const previous = present.has('..data') ? files.readLink('/..data') : undefined;
  const folder = timedFolder(present, nowMs);
  files.makeDirectory(`/${folder}`, { mode: 0o755 });
  for (const [path, { data, mode, uid = 0 }] of payload) {
    const slash = path.lastIndexOf('/');
    if (slash > 0) files.makeDirectory(`/${folder}/${path.slice(0, slash)}`, { recursive: true });
    const target = `/${folder}/${path}`;
    files.writeFile(target, data, { mode: fsGroup === undefined ? mode : mode | 0o440 });
    if (fsGroup !== undefined || uid !== 0) files.chown(target, uid, fsGroup ?? 0);
  }
  if (previous === undefined) files.symlink(folder, '/..data');
  else {
    files.symlink(folder, '/..data_tmp');
    files.rename('/..data_tmp', '/..data');
  }
  const names = new Set([...payload.keys()].map((path) => path.split('/')[0]!));
  for (const name of names) if (!present.has(name)) files.symlink(`..data/${name}`, `/${name}`);
  for (const name of present) if (!name.startsWith('..') && !names.has(name)) files.remove(`/${name}`);
  if (previous !== undefined) files.remove(`/${previous}`, { recursive: true });
}

function timedFolder(present: ReadonlySet<string>, nowMs: number): string {
  const base = `..${microTimestamp(nowMs).slice(0, 19).replaceAll(/[-T:]/g, '_')}`;
  for (let number = 1; ; number++) {
    const name = `${base}.${String(number).padStart(9, '0')}`;
    if (!present.has(name)) return name;
  }
}
