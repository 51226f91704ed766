import type { Container, EphemeralContainer, VolumeMount } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, notFound, notSupported, required } from '../validation/field-error.ts';
import { descendingPathErrors } from './validate-paths.ts';

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];

/** What is wrong with a container's mounts; `volumes` are the names that they may refer to. */
export function validateMounts(
  { volumeMounts = [], volumeDevices = [], securityContext }: Container | EphemeralContainer,
  volumes: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const paths = new Set<string>();
  const deviceNames = new Set(volumeDevices.map(({ name }) => name));
  const devicePaths = new Set(volumeDevices.map(({ devicePath }) => devicePath));
  return volumeMounts.flatMap((mount, index) => {
    const at = `${field}[${index}]`;
    const { name, mountPath, subPath, subPathExpr, mountPropagation, recursiveReadOnly } = mount;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (deviceNames.has(name)) errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (devicePaths.has(mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    }
    // These fields are named without the index, as in the real server.
    if (subPath) errors.push(...descendingPathErrors(subPath, `${field}.subPath`));
    if (subPathExpr) {
      if (subPath) {
        errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
      }
      errors.push(...descendingPathErrors(subPathExpr, `${field}.subPathExpr`));
    }
    if (mountPropagation !== undefined) {
      if (!PROPAGATIONS.includes(mountPropagation)) {
        errors.push(notSupported(`${field}.mountPropagation`, mountPropagation, PROPAGATIONS));
      }
      if (mountPropagation === 'Bidirectional' && !securityContext?.privileged) {
        const why = 'Bidirectional mount propagation is available only to privileged containers';
        errors.push(forbidden(`${field}.mountPropagation`, why));
      }
    }
    return [...errors, ...recursiveErrors(mount, recursiveReadOnly, `${field}.recursiveReadOnly`)];
  });
}

const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'];

function recursiveErrors(
  { readOnly, mountPropagation }: VolumeMount,
  recursiveReadOnly: string | undefined,
  field: string,
): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  if (!RECURSIVE.includes(recursiveReadOnly)) return [notSupported(field, recursiveReadOnly, RECURSIVE)];
  const errors = readOnly ? [] : [forbidden(field, 'may only be specified when readOnly is true')];
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.push(forbidden(field, 'may only be specified when mountPropagation is None or not specified'));
  }
  return errors;
}
