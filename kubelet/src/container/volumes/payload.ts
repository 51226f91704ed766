import type { KeyToPath } from '@kubarium/shared';

export interface PayloadFile {
  readonly data: Buffer | string;
  readonly mode: number;
  /** Whose it is; root's where absent. */
  readonly uid?: number | undefined;
}

/** The files of a volume that is made of API objects, by relative path. */
export type Payload = Map<string, PayloadFile>;

/** A volume that cannot be set up (yet); the message is what follows `MountVolume.SetUp failed for volume "x" :`. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

export const DEFAULT_MODE = 0o644;

export interface KeysInput {
  readonly data: ReadonlyMap<string, Buffer | string>;
  /** Only these keys, at these paths; all keys under their own names where absent. */
  readonly items: readonly KeyToPath[] | undefined;
  readonly defaultMode: number;
  readonly optional: boolean;
  /** What to say of a missing key: the text before `: KEY`. */
  readonly missing: string;
}

/** The files that a ConfigMap's or Secret's keys become. Throws VolumeError for an item whose key is not there. */
export function keyFiles({ data, items, defaultMode, optional, missing }: KeysInput): Payload {
  const files: Payload = new Map();
  if (items === undefined || items.length === 0) {
    for (const [key, value] of data) files.set(key, { data: value, mode: defaultMode });
    return files;
  }
  for (const { key, path, mode } of items) {
    const value = data.get(key);
    if (value !== undefined) files.set(path, { data: value, mode: mode ?? defaultMode });
    else if (!optional) throw new VolumeError(`${missing}: ${key}`);
  }
  return files;
}

export const samePayload = (a: Payload, b: Payload): boolean =>
  a.size === b.size &&
  [...a].every(([path, file]) => {
    const other = b.get(path);
    return other !== undefined && other.mode === file.mode && sameData(other.data, file.data);
  });

const sameData = (a: Buffer | string, b: Buffer | string): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a === b : Buffer.from(a as string).equals(Buffer.from(b as string));
