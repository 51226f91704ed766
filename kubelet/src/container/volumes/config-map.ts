import type { ConfigMap, ConfigMapProjection } from '@kubarium/shared';
import type { NamedObjects } from '../named-objects.ts';
import { keyFiles, type Payload, VolumeError } from './payload.ts';

/** The files of a ConfigMap: `data` as UTF-8 and `binaryData`. Throws VolumeError where it, or a key, is not there. */
export function configMapFiles(source: ConfigMapProjection, objects: NamedObjects, defaultMode: number): Payload {
  const object = objects.configMap(source.name ?? '');
  if (object === undefined && source.optional !== true) throw new VolumeError(`configmap "${source.name}" not found`);
  return keyFiles({
    data: object === undefined ? new Map() : contents(object),
    items: source.items,
    defaultMode,
    optional: source.optional === true,
    missing: 'configmap references non-existent config key',
  });
}

function contents({ data = {}, binaryData = {} }: ConfigMap): Map<string, Buffer | string> {
  const files = new Map<string, Buffer | string>(Object.entries(data));
  for (const [key, value] of Object.entries(binaryData)) files.set(key, Buffer.from(value, 'base64'));
  return files;
}
