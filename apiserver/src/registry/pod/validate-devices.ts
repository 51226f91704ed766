import type { PodSpec, VolumeDevice, VolumeMount } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, notFound, required } from '../validation/field-error.ts';

interface Mounting {
  readonly volumeMounts?: readonly VolumeMount[] | undefined;
  readonly volumeDevices?: readonly VolumeDevice[] | undefined;
}

/** What is wrong with the block devices of a container, which stand for volumes of its pod. */
export function validateDevices(
  { volumeDevices = [], volumeMounts = [] }: Mounting,
  { volumes = [] }: PodSpec,
  field: string,
): FieldError[] {
  const mountNames = new Set(volumeMounts.map(({ name }) => name));
  const mountPaths = new Set(volumeMounts.map(({ mountPath }) => mountPath));
  const names = new Set<string>();
  const paths = new Set<string>();
  return volumeDevices.flatMap(({ name, devicePath }, index) => {
    const nameField = `${field}[${index}].name`;
    const pathField = `${field}[${index}].devicePath`;
    const errors: FieldError[] = name ? [] : [required(nameField)];
    if (names.has(name)) errors.push(invalid(nameField, name, 'must be unique'));
    const volume = volumes.find((one) => one.name === name);
    if (volume === undefined) errors.push(notFound(nameField, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalid(nameField, name, why));
    }
    if (!devicePath) errors.push(required(pathField));
    if (paths.has(devicePath)) errors.push(invalid(pathField, devicePath, 'must be unique'));
    if (devicePath?.split('/').includes('..')) {
      errors.push(invalid(pathField, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (mountNames.has(name)) errors.push(invalid(nameField, name, 'must not already exist in volumeMounts'));
    if (mountPaths.has(devicePath)) {
      errors.push(invalid(pathField, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    if (name) names.add(name);
    return errors;
  });
}
