import type { DownwardAPIVolumeFile } from '@kubarium/shared';
import { type DownwardFacts, podField, resourceField } from '../downward-api.ts';
import { type Payload, VolumeError } from './payload.ts';

/** The files by which a pod reads its own metadata and resources. Throws VolumeError for a field that there is not. */
export function downwardApiFiles(
  items: readonly DownwardAPIVolumeFile[],
  facts: DownwardFacts,
  defaultMode: number,
): Payload {
  const files: Payload = new Map();
  for (const { path, mode, fieldRef, resourceFieldRef } of items) {
    let text = '';
    try {
      if (fieldRef !== undefined) text = podField(fieldRef, facts);
      else if (resourceFieldRef !== undefined) text = resourceField(resourceFieldRef, undefined, facts);
    } catch (error) {
      throw new VolumeError((error as Error).message);
    }
    files.set(path, { data: text, mode: mode ?? defaultMode });
  }
  return files;
}
