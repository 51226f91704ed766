import type {
  DownwardAPIVolumeFile,
  HostPathVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  Volume,
} from '@kubarium/shared';
import { parseQuantity } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { dnsLabelErrors } from '../validation/names.ts';
import { validateResourceFieldRef, validateVolumeFieldRef } from './validate-env.ts';
import { fileModeErrors, noBackstepsErrors, unreservedPathErrors } from './validate-paths.ts';

/** What is wrong with the volumes, and the names of those that are right: mounts may refer to them only. */
export function validateVolumes(
  volumes: readonly Volume[],
  field: string,
): { errors: FieldError[]; names: Set<string> } {
  const names = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, volume] of volumes.entries()) {
    const at = `${field}[${index}]`;
    const wrong = sourceErrors(volume, at);
    if (!volume.name) wrong.push(required(`${at}.name`));
    else wrong.push(...invalidEach(`${at}.name`, volume.name, dnsLabelErrors(volume.name)));
    if (names.has(volume.name)) wrong.push(duplicate(`${at}.name`, volume.name));
    if (wrong.length === 0) names.add(volume.name);
    errors.push(...wrong);
  }
  return { errors, names };
}

type Check = (volume: Volume, field: string) => FieldError[];

/** The sources in the order in which the real server looks at them; the first one counts, any more are one too many. */
const SOURCES: readonly (readonly [name: keyof Volume, check: Check])[] = [
  ['emptyDir', emptyDirErrors],
  ['hostPath', ({ hostPath }, field) => hostPathErrors(hostPath!, field)],
  ['secret', ({ secret }, field) => filesErrors(secret!.secretName, 'secretName', secret!, field)],
  ['nfs', nfsErrors],
  [
    'persistentVolumeClaim',
    ({ persistentVolumeClaim }, field) => needs(persistentVolumeClaim!.claimName, `${field}.claimName`),
  ],
  ['downwardAPI', downwardErrors],
  ['configMap', ({ configMap }, field) => filesErrors(configMap!.name, 'name', configMap!, field)],
  ['projected', ({ projected }, field) => projectedErrors(projected!, field)],
  ['csi', ({ csi }, field) => needs(csi!.driver, `${field}.driver`)],
  [
    'ephemeral',
    ({ ephemeral }, field) => (ephemeral!.volumeClaimTemplate ? [] : [required(`${field}.volumeClaimTemplate`)]),
  ],
  ['image', ({ image }, field) => needs(image!.reference, `${field}.reference`)],
];

function sourceErrors(volume: Volume, field: string): FieldError[] {
  const given = SOURCES.filter(([name]) => volume[name] !== undefined && volume[name] !== null);
  // Simplified: what is inside the sources of cloud disks (iscsi, rbd, cephfs, ...) is not checked; no simulated node has them.
  const others = Object.keys(volume).length - given.length - 1;
  if (given.length + others === 0) return [required(field, 'must specify a volume type')];
  return given.flatMap(([name, check], index) =>
    index === 0
      ? check(volume, `${field}.${name}`)
      : [forbidden(`${field}.${name}`, 'may not specify more than 1 volume type')],
  );
}

const needs = (value: string | undefined, field: string): FieldError[] => (value ? [] : [required(field)]);

function emptyDirErrors({ emptyDir }: Volume, field: string): FieldError[] {
  const limit = emptyDir?.sizeLimit;
  if (limit === undefined || parseQuantity(`${limit}`).sign >= 0) return [];
  return [forbidden(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function hostPathErrors({ path, type }: HostPathVolumeSource, field: string): FieldError[] {
  if (!path) return [required(`${field}.path`)];
  const errors = noBackstepsErrors(path, `${field}.path`);
  return type === undefined || HOST_PATH_TYPES.includes(type)
    ? errors
    : [...errors, notSupported(`${field}.type`, type, HOST_PATH_TYPES)];
}

function nfsErrors({ nfs }: Volume, field: string): FieldError[] {
  const errors = [...needs(nfs!.server, `${field}.server`), ...needs(nfs!.path, `${field}.path`)];
  return nfs!.path && !nfs!.path.startsWith('/')
    ? [...errors, invalid(`${field}.path`, nfs!.path, 'must be an absolute path')]
    : errors;
}

interface Files {
  readonly defaultMode?: number | undefined;
  readonly items?: readonly KeyToPath[] | undefined;
}

const filesErrors = (name: string | undefined, nameKey: string, files: Files, field: string): FieldError[] => [
  ...needs(name, `${field}.${nameKey}`),
  ...fileModeErrors(files.defaultMode, `${field}.defaultMode`),
  ...(files.items ?? []).flatMap((item, index) => itemErrors(item, `${field}.items[${index}]`)),
];

const itemErrors = ({ key, path, mode }: KeyToPath, field: string): FieldError[] => [
  ...needs(key, `${field}.key`),
  ...needs(path, `${field}.path`),
  ...unreservedPathErrors(path ?? '', `${field}.path`),
  ...fileModeErrors(mode, `${field}.mode`),
];

function downwardErrors({ downwardAPI }: Volume, field: string): FieldError[] {
  return [
    ...fileModeErrors(downwardAPI!.defaultMode, `${field}.defaultMode`),
    ...(downwardAPI!.items ?? []).flatMap((file) => downwardFileErrors(file, field)),
  ];
}

function downwardFileErrors(
  { path, fieldRef, resourceFieldRef, mode }: DownwardAPIVolumeFile,
  field: string,
): FieldError[] {
  const errors = [...needs(path, `${field}.path`), ...unreservedPathErrors(path ?? '', `${field}.path`)];
  if (fieldRef) {
    errors.push(...validateVolumeFieldRef(fieldRef, `${field}.fieldRef`));
    if (resourceFieldRef)
      errors.push(invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (resourceFieldRef) {
    errors.push(...validateResourceFieldRef(resourceFieldRef, true, `${field}.resourceFieldRef`));
  } else {
    errors.push(required(field, 'one of fieldRef and resourceFieldRef is required'));
  }
  return [...errors, ...fileModeErrors(mode, `${field}.mode`)];
}

const LEAST_TOKEN_SECONDS = 600;

function projectedErrors({ defaultMode, sources = [] }: ProjectedVolumeSource, field: string): FieldError[] {
  const errors = fileModeErrors(defaultMode, `${field}.defaultMode`);
  const paths = new Set<string>();
  const claim = (path: string | undefined, culprit: string | undefined): void => {
    if (path && paths.has(path)) errors.push(invalid(field, culprit, 'conflicting duplicate paths'));
    if (path) paths.add(path);
  };
  for (const [index, source] of sources.entries()) {
    const at = `${field}.sources[${index}]`;
    for (const kind of ['secret', 'configMap'] as const) {
      const files = source[kind];
      if (!files) continue;
      errors.push(...needs(files.name, `${at}.${kind}.name`));
      for (const [i, item] of (files.items ?? []).entries()) {
        errors.push(...itemErrors(item, `${at}.${kind}.items[${i}]`));
        claim(item.path, files.name);
      }
    }
    for (const file of source.downwardAPI?.items ?? []) {
      errors.push(...downwardFileErrors(file, `${at}.downwardAPI`));
      claim(file.path, file.path);
    }
    const token = source.serviceAccountToken;
    if (token) {
      const seconds = token.expirationSeconds ?? LEAST_TOKEN_SECONDS;
      if (seconds < LEAST_TOKEN_SECONDS) {
        const why = 'may not specify a duration less than 10 minutes';
        errors.push(invalid(`${at}.serviceAccountToken.expirationSeconds`, seconds, why));
      }
      errors.push(...(token.path ? unreservedPathErrors(token.path, `${field}.path`) : [required(`${field}.path`)]));
    }
    if (Object.values(source).filter(Boolean).length > 1) {
      errors.push(forbidden(at, 'may not specify more than 1 volume type per source'));
    }
  }
  return errors;
}
