import type { PodSpec } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, notSupported, required, tooLong } from '../validation/field-error.ts';
import { ipErrors } from '../validation/ip.ts';
import { labelsErrors } from '../validation/labels.ts';
import { dnsLabelErrors, dnsSubdomainErrors, searchPathErrors } from '../validation/names.ts';
import { rangeMessage } from '../validation/regex-message.ts';
import { validatePodClaims } from './validate-claims.ts';
import { hostNetworkErrors, validateContainers } from './validate-container.ts';
import {
  validateAffinity,
  validateReadinessGates,
  validateSchedulingGates,
  validateTolerations,
  validateTopologySpread,
} from './validate-scheduling.ts';
import { validatePodSecurityContext } from './validate-security.ts';
import { validateVolumes } from './validate-volume.ts';

const MAX_INT32 = 2_147_483_647;
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

/** All that is wrong with a pod's spec, of a pod (`isPod`) or of a template. */
export function validatePodSpec(spec: PodSpec, field: string, isPod: boolean): FieldError[] {
  const volumes = validateVolumes(spec.volumes ?? [], `${field}.volumes`);
  return [
    ...volumes.errors,
    ...validatePodClaims(spec.resourceClaims ?? [], `${field}.resourceClaims`),
    ...validateContainers(spec, volumes.names, field),
    ...hostNetworkErrors(spec, field, isPod),
    ...oneOf(spec.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`),
    ...oneOf(spec.dnsPolicy, DNS_POLICIES, `${field}.dnsPolicy`),
    ...labelsErrors(spec.nodeSelector, `${field}.nodeSelector`),
    ...sharingErrors(spec, `${field}.securityContext`),
    ...validatePodSecurityContext(spec.securityContext, `${field}.securityContext`),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...dnsConfigErrors(spec, `${field}.dnsConfig`),
    ...validateReadinessGates(spec, `${field}.readinessGates`),
    ...validateSchedulingGates(spec.schedulingGates ?? [], `${field}.schedulingGates`),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], `${field}.topologySpreadConstraints`),
    ...nameErrors(spec, field),
    ...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`),
    ...hostAliasErrors(spec, `${field}.hostAliases`),
    ...classErrors(spec, field),
  ];
}

const oneOf = (value: string | undefined, supported: readonly string[], field: string): FieldError[] =>
  supported.includes(value ?? '') ? [] : [notSupported(field, value, supported)];

const sharingErrors = ({ shareProcessNamespace, hostPID }: PodSpec, field: string): FieldError[] =>
  shareProcessNamespace && hostPID
    ? [invalid(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
    : [];

function dnsConfigErrors({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if ((dnsConfig.nameservers ?? []).length === 0) {
      return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
    }
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const errors: FieldError[] = [];
  if (nameservers.length > 3) {
    errors.push(invalid(`${field}.nameservers`, nameservers, 'must not have more than 3 nameservers'));
  }
  errors.push(...nameservers.flatMap((ip, index) => ipErrors(ip, `${field}.nameservers[${index}]`)));
  if (searches.length > 32)
    errors.push(invalid(`${field}.searches`, searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048) {
    const why = 'must not have more than 2048 characters (including spaces) in the search list';
    errors.push(invalid(`${field}.searches`, searches, why));
  }
  for (const [index, search] of searches.entries()) {
    if (search === '.') continue;
    const name = search.replace(/\.$/, '');
    errors.push(...invalidEach(`${field}.searches[${index}]`, name, searchPathErrors(name)));
  }
  for (const [index, { name }] of options.entries()) {
    if (!name) errors.push(required(`${field}.options[${index}]`, 'must not be empty'));
  }
  return errors;
}

function nameErrors(spec: PodSpec, field: string): FieldError[] {
  const check = (key: keyof PodSpec, messages: (text: string) => string[]): FieldError[] => {
    const value = spec[key];
    return typeof value === 'string' && value !== '' ? invalidEach(`${field}.${key}`, value, messages(value)) : [];
  };
  const deadline = spec.activeDeadlineSeconds;
  const wrongDeadline = deadline !== undefined && (deadline < 1 || deadline > MAX_INT32);
  return [
    ...check('serviceAccountName', dnsSubdomainErrors),
    ...check('nodeName', dnsSubdomainErrors),
    ...(wrongDeadline ? [invalid(`${field}.activeDeadlineSeconds`, deadline, rangeMessage(1, MAX_INT32))] : []),
    ...check('hostname', dnsLabelErrors),
    ...check('subdomain', dnsLabelErrors),
    ...hostnameOverrideErrors(spec, `${field}.hostnameOverride`),
  ];
}

const MAX_HOSTNAME = 64;

function hostnameOverrideErrors(spec: PodSpec, field: string): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec;
  if (name === undefined) return [];
  const errors = invalidEach(field, name, dnsSubdomainErrors(name));
  if (name.length > MAX_HOSTNAME) errors.push(tooLong(field, MAX_HOSTNAME));
  if (setHostnameAsFQDN) errors.push(forbidden(field, 'may not be specified when setHostnameAsFQDN is true'));
  if (hostNetwork) errors.push(forbidden(field, 'may not be specified when hostNetwork is true'));
  return errors;
}

const hostAliasErrors = ({ hostAliases = [] }: PodSpec, field: string): FieldError[] =>
  hostAliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...ipErrors(ip, `${field}[${index}].ip`),
    ...hostnames.flatMap((name, i) =>
      invalidEach(`${field}[${index}].hostnames[${i}]`, name, dnsSubdomainErrors(name)),
    ),
  ]);

function classErrors(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['priorityClassName', 'runtimeClassName'] as const) {
    const name = spec[key];
    if (name) errors.push(...invalidEach(`${field}.${key}`, name, dnsSubdomainErrors(name)));
  }
  const preemption = spec.preemptionPolicy;
  if (preemption !== undefined) {
    errors.push(...oneOf(preemption, ['Never', 'PreemptLowerPriority'], `${field}.preemptionPolicy`));
  }
  if (!spec.os) return errors;
  if (!spec.os.name) return [...errors, required(`${field}.os.name`)];
  return [...errors, ...oneOf(spec.os.name, ['linux', 'windows'], `${field}.os`)];
}
