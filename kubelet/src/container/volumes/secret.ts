import type { SecretProjection } from '@kubarium/shared';
import type { NamedObjects } from '../named-objects.ts';
import { keyFiles, type Payload, VolumeError } from './payload.ts';

/** The files of a Secret. Throws VolumeError where it, or a key, is not there. */
export function secretFiles(source: SecretProjection, objects: NamedObjects, defaultMode: number): Payload {
  const object = objects.secret(source.name ?? '');
  if (object === undefined && source.optional !== true) throw new VolumeError(`secret "${source.name}" not found`);
  return keyFiles({
    data: new Map(Object.entries(object?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')])),
    items: source.items,
    defaultMode,
    optional: source.optional === true,
    missing: 'references non-existent secret key',
  });
}
