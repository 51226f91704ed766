import type {
  ConfigMapKeySelector,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, invalidEach, notSupported, required } from '../validation/field-error.ts';
import { configKeyErrors, dnsSubdomainErrors, envNameErrors, qualifiedNameErrors } from '../validation/names.ts';

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Every path that the downward API knows at all, in an environment or a volume. */
const KNOWN_FIELDS = new Set([
  ...ENV_FIELDS,
  ...VOLUME_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
  'spec.hostNetwork',
  'status.nominatedNodeName',
]);
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

export const validateEnv = (variables: readonly EnvVar[], field: string): FieldError[] =>
  variables.flatMap((variable, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(variable.name
        ? invalidEach(`${at}.name`, variable.name, envNameErrors(variable.name))
        : [required(`${at}.name`)]),
      ...(variable.valueFrom ? valueFromErrors(variable.valueFrom, variable.value ?? '', `${at}.valueFrom`) : []),
    ];
  });

export const validateEnvFrom = (sources: readonly EnvFromSource[], field: string): FieldError[] =>
  sources.flatMap(({ prefix, configMapRef, secretRef }, index) => {
    const at = `${field}[${index}]`;
    const errors = prefix ? invalidEach(`${at}.prefix`, prefix, envNameErrors(prefix)) : [];
    for (const [key, reference] of Object.entries({ configMapRef, secretRef })) {
      if (!reference) continue;
      if (reference.name)
        errors.push(...invalidEach(`${at}.${key}.name`, reference.name, dnsSubdomainErrors(reference.name)));
      else errors.push(required(`${at}.${key}.name`));
    }
    if (!configMapRef && !secretRef)
      errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    if (configMapRef && secretRef)
      errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
    return errors;
  });

function valueFromErrors(source: EnvVarSource, value: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source;
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, ENV_FIELDS, `${field}.fieldRef`));
  if (resourceFieldRef) errors.push(...validateResourceFieldRef(resourceFieldRef, false, `${field}.resourceFieldRef`));
  if (configMapKeyRef) errors.push(...keyErrors(configMapKeyRef, `${field}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...keyErrors(secretKeyRef, `${field}.secretKeyRef`));
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(Boolean).length;
  if (given === 0) {
    const why =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    errors.push(invalid(field, '', why));
  } else if (value !== '') {
    errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  } else if (given > 1) {
    errors.push(invalid(field, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

function keyErrors({ name = '', key }: ConfigMapKeySelector, field: string): FieldError[] {
  return [
    ...invalidEach(`${field}.name`, name, dnsSubdomainErrors(name)),
    ...(key ? invalidEach(`${field}.key`, key, configKeyErrors(key)) : [required(`${field}.key`)]),
  ];
}

/** What is wrong with a downward API field of a volume's file. */
export const validateVolumeFieldRef = (reference: ObjectFieldSelector, field: string): FieldError[] =>
  validateFieldRef(reference, VOLUME_FIELDS, field);

function validateFieldRef(
  { apiVersion, fieldPath }: ObjectFieldSelector,
  known: readonly string[],
  field: string,
): FieldError[] {
  if (!apiVersion) return [required(`${field}.apiVersion`)];
  if (!fieldPath) return [required(`${field}.fieldPath`)];
  const subscripted = /^([^[]+)\['(.*)'\]$/.exec(fieldPath);
  const path = subscripted?.[1] ?? fieldPath;
  const convertible = apiVersion === 'v1' && (KNOWN_FIELDS.has(path) || (subscripted === null && path === 'spec.host'));
  if (apiVersion !== 'v1' || !convertible) {
    const why =
      apiVersion === 'v1'
        ? `error converting fieldPath: field label not supported: ${fieldPath}`
        : `error converting fieldPath: unsupported pod version: ${apiVersion}`;
    return [invalid(`${field}.fieldPath`, fieldPath, why)];
  }
  if (subscripted === null) {
    return known.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, known)];
  }
  const subscript = subscripted[2]!;
  if (path === 'metadata.annotations')
    return invalidEach(field, subscript.toLowerCase(), qualifiedNameErrors(subscript.toLowerCase()));
  if (path === 'metadata.labels') return invalidEach(field, subscript, qualifiedNameErrors(subscript));
  return [invalid(field, path, 'does not support subscript')];
}

/** What is wrong with a reference to a container's requests or limits. */
export function validateResourceFieldRef(
  { containerName, resource, divisor }: ResourceFieldSelector,
  inVolume: boolean,
  field: string,
): FieldError[] {
  if (inVolume && !containerName) return [required(`${field}.containerName`)];
  if (!resource) return [required(`${field}.resource`)];
  if (!RESOURCES.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource)) {
    return [notSupported(`${field}.resource`, resource, RESOURCES)];
  }
  const allowed = divisors(resource);
  const given = `${divisor ?? '0'}`;
  if (given === '0' || allowed.includes(given)) return [];
  const why = resource.endsWith('.cpu')
    ? "only divisor's values 1m and 1 are supported with the cpu resource"
    : `only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the ${resourceWord(resource)} resource`;
  return [invalid(`${field}.divisor`, divisor, why)];
}

const divisors = (resource: string): string[] =>
  resource.endsWith('.cpu')
    ? ['1m', '1']
    : ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

const resourceWord = (resource: string): string =>
  resource.endsWith('.memory') ? 'memory' : resource.includes('.hugepages-') ? 'hugepages' : 'local ephemeral storage';
