import type { Container, ContainerPort, EphemeralContainer, PodSpec } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notFound,
  notSupported,
  required,
} from '../validation/field-error.ts';
import { dnsLabelErrors, portNameErrors, portNumberErrors } from '../validation/names.ts';
import { PROTOCOLS } from '../validation/port.ts';
import { validateContainerClaims } from './validate-claims.ts';
import { validateDevices } from './validate-devices.ts';
import { validateEnv, validateEnvFrom } from './validate-env.ts';
import { validateMounts } from './validate-mounts.ts';
import { validateLifecycle, validateProbe } from './validate-probe.ts';
import { validateResources } from './validate-resources.ts';
import { validateResizePolicies, validateRestart } from './validate-restart.ts';
import { validateSecurityContext } from './validate-security.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];

/** What is wrong with all containers of a pod; `volumes` are the names that mounts may refer to. */
export const validateContainers = (spec: PodSpec, volumes: ReadonlySet<string>, field: string): FieldError[] => [
  ...mainErrors(spec, volumes, `${field}.containers`),
  ...initErrors(spec, volumes, `${field}.initContainers`),
  ...ephemeralErrors(spec, volumes, `${field}.ephemeralContainers`),
];

function mainErrors(spec: PodSpec, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const containers = spec.containers ?? [];
  if (containers.length === 0) return [required(field)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const wrong = commonErrors(container, spec, volumes, at);
    if (names.has(container.name)) wrong.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    wrong.push(...runErrors(container, spec, at));
    return [...wrong, ...validateRestart(container, at, false)];
  });
  return [...errors, ...hostPortErrors(containers, field)];
}

/** Hooks and probes, which need a container that goes on running. */
const runErrors = (container: Container, spec: PodSpec, field: string): FieldError[] => [
  ...(container.lifecycle
    ? validateLifecycle(container.lifecycle, spec.terminationGracePeriodSeconds ?? 0, `${field}.lifecycle`)
    : []),
  ...validateProbe(container.livenessProbe, 'livenessProbe', field),
  ...validateProbe(container.readinessProbe, 'readinessProbe', field),
  ...validateProbe(container.startupProbe, 'startupProbe', field),
];

function initErrors(spec: PodSpec, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const names = new Set((spec.containers ?? []).map(({ name }) => name));
  return (spec.initContainers ?? []).flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const errors = commonErrors(container, spec, volumes, at);
    const { restartPolicy } = container;
    errors.push(...validateRestart(container, at, true));
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    if (container.name) names.add(container.name);
    errors.push(...hostPortErrors([container], field));
    if (restartPolicy === 'Always') return [...errors, ...runErrors(container, spec, at)];
    for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
      if (!container[key]) continue;
      errors.push(forbidden(`${at}.${key}`, 'may not be set for init containers without restartPolicy=Always'));
    }
    return errors;
  });
}

const EPHEMERAL_FORBIDDEN = [
  'lifecycle',
  'livenessProbe',
  'ports',
  'readinessProbe',
  'resizePolicy',
  'startupProbe',
] as const;

function ephemeralErrors(spec: PodSpec, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const at = `${field}[${index}]`;
    const errors = commonErrors(container, spec, volumes, at);
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.push(notFound(`${at}.targetContainerName`, target));
    for (const key of EPHEMERAL_FORBIDDEN) {
      const value = container[key];
      if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
      errors.push(forbidden(`${at}.${key}`, 'cannot be set for an Ephemeral Container'));
    }
    const { requests, limits } = container.resources ?? {};
    if (requests || limits) errors.push(forbidden(`${at}.resources`, 'cannot be set for an Ephemeral Container'));
    for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
      for (const key of ['subPath', 'subPathExpr'] as const) {
        if (mount[key])
          errors.push(forbidden(`${at}.volumeMounts[${i}].${key}`, 'cannot be set for an Ephemeral Container'));
      }
    }
    return errors;
  });
}

function commonErrors(
  container: Container | EphemeralContainer,
  spec: PodSpec,
  volumes: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const { name, image, terminationMessagePolicy: message, imagePullPolicy } = container;
  const errors = name ? invalidEach(`${field}.name`, name, dnsLabelErrors(name)) : [required(`${field}.name`)];
  if (!image) errors.push(required(`${field}.image`));
  if (message !== 'File' && message !== 'FallbackToLogsOnError') {
    errors.push(notSupported(`${field}.terminationMessagePolicy`, message, ['File', 'FallbackToLogsOnError']));
  }
  errors.push(
    ...portsErrors(container.ports ?? [], `${field}.ports`),
    ...validateEnv(container.env ?? [], `${field}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${field}.envFrom`),
    ...validateMounts(container, volumes, `${field}.volumeMounts`),
    ...validateDevices(container, spec, `${field}.volumeDevices`),
  );
  if (!PULL_POLICIES.includes(imagePullPolicy ?? '')) {
    errors.push(notSupported(`${field}.imagePullPolicy`, imagePullPolicy, PULL_POLICIES));
  }
  const hostUsers = spec.hostUsers !== false;
  return [
    ...errors,
    ...validateResources(container.resources, `${field}.resources`),
    ...validateContainerClaims(
      container.resources?.claims ?? [],
      spec.resourceClaims ?? [],
      `${field}.resources.claims`,
    ),
    ...validateResizePolicies(container.resizePolicy ?? [], spec, `${field}.resizePolicy`),
    ...validateSecurityContext(container.securityContext, hostUsers, `${field}.securityContext`),
  ];
}

function portsErrors(ports: readonly ContainerPort[], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (port.name) {
      const wrong = portNameErrors(port.name);
      if (wrong.length > 0) errors.push(...invalidEach(`${at}.name`, port.name, wrong));
      else if (names.has(port.name)) errors.push(duplicate(`${at}.name`, port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else errors.push(...invalidEach(`${at}.containerPort`, port.containerPort, portNumberErrors(port.containerPort)));
    if (port.hostPort) errors.push(...invalidEach(`${at}.hostPort`, port.hostPort, portNumberErrors(port.hostPort)));
    if (!PROTOCOLS.includes(port.protocol!)) errors.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
    return errors;
  });
}

function hostPortErrors(containers: readonly Container[], field: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, containerIndex) =>
    ports.flatMap(({ hostPort, protocol, hostIP }, portIndex) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP ?? ''}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${field}[${containerIndex}].ports[${portIndex}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

/** On the host's network a port is the host's port. `required` is false for templates, which may leave the host port out. */
export const hostNetworkErrors = (spec: PodSpec, field: string, isPod: boolean): FieldError[] =>
  !spec.hostNetwork
    ? []
    : (spec.containers ?? []).flatMap(({ ports = [] }, containerIndex) =>
        ports.flatMap(({ hostPort = 0, containerPort }, portIndex) =>
          hostPort === containerPort || (!isPod && hostPort === 0)
            ? []
            : [
                invalid(
                  `${field}.containers[${containerIndex}].ports[${portIndex}].hostPort`,
                  hostPort,
                  'must match `containerPort` when `hostNetwork` is true',
                ),
              ],
        ),
      );
