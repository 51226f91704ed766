import type { AppArmorProfile, PodSecurityContext, SeccompProfile, SecurityContext } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { invalid, notSupported, required } from '../validation/field-error.ts';
import { rangeMessage } from '../validation/regex-message.ts';

const MAX_ID = 2_147_483_647;

const idErrors = (id: number | undefined, field: string): FieldError[] =>
  id === undefined || (id >= 0 && id <= MAX_ID) ? [] : [invalid(field, id, rangeMessage(0, MAX_ID))];

/** What is wrong with a pod's security context. */
export function validatePodSecurityContext(context: PodSecurityContext | undefined, field: string): FieldError[] {
  if (!context) return [];
  const { fsGroup, runAsUser, runAsGroup, supplementalGroups = [], fsGroupChangePolicy } = context;
  const policies = ['Always', 'OnRootMismatch'];
  return [
    ...idErrors(fsGroup, `${field}.fsGroup`),
    ...idErrors(runAsUser, `${field}.runAsUser`),
    ...idErrors(runAsGroup, `${field}.runAsGroup`),
    ...supplementalGroups.flatMap((group, index) => idErrors(group, `${field}.supplementalGroups[${index}]`)),
    ...sysctlErrors(context, `${field}.sysctls`),
    ...(fsGroupChangePolicy === undefined || policies.includes(fsGroupChangePolicy)
      ? []
      : [notSupported(`${field}.fsGroupChangePolicy`, fsGroupChangePolicy, policies)]),
    ...seccompErrors(context.seccompProfile, `${field}.seccompProfile`),
    ...appArmorErrors(context.appArmorProfile, `${field}.appArmorProfile`),
    ...oneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], `${field}.supplementalGroupsPolicy`),
    ...oneOf(context.seLinuxChangePolicy, ['Recursive'], `${field}.seLinuxChangePolicy`),
  ];
}

/** What is wrong with a container's security context. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  hostUsers: boolean,
  field: string,
): FieldError[] {
  if (!context) return [];
  const errors = [
    ...idErrors(context.runAsUser, `${field}.runAsUser`),
    ...idErrors(context.runAsGroup, `${field}.runAsGroup`),
    ...oneOf(context.procMount, ['Default', 'Unmasked'], `${field}.procMount`),
  ];
  if (hostUsers && context.procMount === 'Unmasked') {
    errors.push(invalid(`${field}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  errors.push(...seccompErrors(context.seccompProfile, `${field}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false) {
    const refuse = (what: string): void => {
      errors.push(
        invalid(field, internalForm(context), `cannot set \`allowPrivilegeEscalation\` to false and ${what}`),
      );
    };
    if (context.privileged) refuse('`privileged` to true');
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) refuse('`capabilities.Add` CAP_SYS_ADMIN');
  }
  return [...errors, ...appArmorErrors(context.appArmorProfile, `${field}.appArmorProfile`)];
}

/** The real server shows its internal form here: all fields, in its order, by their Go names. */
const internalForm = (context: SecurityContext): unknown => ({
  Capabilities: context.capabilities
    ? { Add: context.capabilities.add ?? null, Drop: context.capabilities.drop ?? null }
    : null,
  Privileged: context.privileged ?? null,
  SELinuxOptions: context.seLinuxOptions ?? null,
  WindowsOptions: context.windowsOptions ?? null,
  RunAsUser: context.runAsUser ?? null,
  RunAsGroup: context.runAsGroup ?? null,
  RunAsNonRoot: context.runAsNonRoot ?? null,
  ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
  AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
  ProcMount: context.procMount ?? null,
  SeccompProfile: internalProfile(context.seccompProfile),
  AppArmorProfile: internalProfile(context.appArmorProfile),
});

const internalProfile = (profile: SeccompProfile | AppArmorProfile | undefined): unknown =>
  profile ? { Type: profile.type, LocalhostProfile: profile.localhostProfile ?? null } : null;

const oneOf = (value: string | undefined, supported: readonly string[], field: string): FieldError[] =>
  value === undefined || supported.includes(value) ? [] : [notSupported(field, value, supported)];

const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function seccompErrors(profile: SeccompProfile | undefined, field: string): FieldError[] {
  if (!profile) return [];
  const errors = typeErrors(profile.type, field, 'seccompProfile');
  const at = `${field}.localhostProfile`;
  if (profile.type === 'Localhost') {
    if (!profile.localhostProfile) errors.push(required(at, 'must be set when seccomp type is Localhost'));
  } else if (profile.localhostProfile !== undefined) {
    errors.push(invalid(at, internalProfile(profile), 'can only be set when seccomp type is Localhost'));
  }
  return errors;
}

function appArmorErrors(profile: AppArmorProfile | undefined, field: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  if (!PROFILE_TYPES.includes(type)) return typeErrors(type, field, 'appArmorProfile');
  const at = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    return localhostProfile === undefined
      ? []
      : [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  }
  return localhostProfile ? [] : [required(at, 'must be set when AppArmor type is Localhost')];
}

function typeErrors(type: string | undefined, field: string, name: string): FieldError[] {
  if (!type) return [required(`${field}.type`, `type is required when ${name} is set`)];
  return PROFILE_TYPES.includes(type) ? [] : [notSupported(`${field}.type`, type, PROFILE_TYPES)];
}

const SYSCTL = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const isSysctl = new RegExp(`^${SYSCTL}$`);

function sysctlErrors({ sysctls = [] }: PodSecurityContext, field: string): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    if (!name) return [required(at)];
    if (name.length > 253 || !isSysctl.test(name)) {
      return [invalid(at, name, `must have at most 253 characters and match regex ^${SYSCTL}$`)];
    }
    const twice = names.has(name);
    names.add(name);
    return twice ? [{ reason: 'FieldValueDuplicate', message: `Duplicate value: "${name}"`, field: at }] : [];
  });
}
