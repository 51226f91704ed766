import type {
  ApiObject,
  Container,
  ContainerPort,
  NodeSelectorTerm,
  ObjectMeta,
  Pod,
  PodSpec,
  PodTemplateSpec,
} from '@kubarium/shared';
import { parseQuantity } from '@kubarium/shared';
import { quoted } from '../validation/field-error.ts';
import { dnsLabelErrors } from '../validation/names.ts';

/** Labels of nodes that have other names now. */
const DEPRECATED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** What the API server warns of when a pod is created. */
export function podWarnings(pod: Pod, old: Pod | undefined): string[] {
  if (old !== undefined) return [];
  const flaws = dnsLabelErrors(pod.metadata.name);
  const hostname =
    "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended:";
  return [
    ...(flaws.length === 0 ? [] : [`${hostname} [${flaws.join(' ')}]`]),
    ...specWarnings(pod.spec, pod.metadata, ''),
  ];
}

/** The same for the template of a workload, where the write makes another generation of it. */
export const podTemplateWarnings = (
  template: PodTemplateSpec | undefined,
  field: string,
  { metadata }: ApiObject,
  old: ApiObject | undefined,
): string[] =>
  template?.spec && metadata.generation !== old?.metadata.generation
    ? specWarnings(template.spec, template.metadata, `${field}.`)
    : [];

function specWarnings(spec: PodSpec, metadata: Partial<ObjectMeta> | undefined, prefix: string): string[] {
  const at = `${prefix}spec`;
  const containers = [
    ...named(spec.initContainers, `${at}.initContainers`),
    ...named(spec.containers, `${at}.containers`),
  ];
  return [
    ...selectorWarnings(spec, at),
    ...spreadWarnings(spec, at),
    ...repeatedWarnings(spec, at),
    ...containers.flatMap(([container, field]) => containerWarnings(container, metadata, prefix, field)),
    ...portWarnings(containers),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec, at),
  ];
}

const named = (containers: readonly Container[] | undefined, field: string): [Container, string][] =>
  (containers ?? []).map((container, index) => [container, `${field}[${index}]`]);

function selectorWarnings({ nodeSelector, affinity }: PodSpec, at: string): string[] {
  const warnings = Object.keys(nodeSelector ?? {}).flatMap((key) =>
    Object.hasOwn(DEPRECATED_LABELS, key) ? [`${at}.nodeSelector[${key}]: ${DEPRECATED_LABELS[key]}`] : [],
  );
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const field = `${at}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  return [...warnings, ...terms.flatMap((term, index) => termWarnings(term, `${field}[${index}]`))];
}

const termWarnings = ({ matchExpressions = [] }: NodeSelectorTerm, field: string): string[] =>
  matchExpressions.flatMap(({ key }, index) =>
    Object.hasOwn(DEPRECATED_LABELS, key)
      ? [`${field}.matchExpressions[${index}].key: ${key} is ${DEPRECATED_LABELS[key]}`]
      : [],
  );

const spreadWarnings = ({ topologySpreadConstraints = [] }: PodSpec, at: string): string[] =>
  topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => {
    const field = `${at}.topologySpreadConstraints[${index}]`;
    const deprecated = DEPRECATED_LABELS[topologyKey];
    return [
      ...(deprecated === undefined ? [] : [`${field}.topologyKey: ${topologyKey} is ${deprecated}`]),
      ...(labelSelector ? [] : [`${field}.labelSelector: a null labelSelector results in matching no pod`]),
    ];
  });

function repeatedWarnings({ hostAliases = [], imagePullSecrets = [] }: PodSpec, at: string): string[] {
  const repeats = (values: readonly string[], warn: (value: string, index: number) => string): string[] => {
    const seen = new Set<string>();
    return values.flatMap((value, index) => {
      if (seen.has(value)) return [warn(value, index)];
      seen.add(value);
      return [];
    });
  };
  const secrets = imagePullSecrets.map(({ name }) => name ?? '');
  return [
    ...repeats(
      hostAliases.map(({ ip }) => ip),
      (ip, index) => `${at}.hostAliases[${index}].ip: duplicate ip ${quoted(ip)}`,
    ),
    ...repeats(secrets, (name, index) => `${at}.imagePullSecrets[${index}].name: duplicate name ${quoted(name)}`),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${at}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
  ];
}

function containerWarnings(
  { name, resources, env = [], securityContext }: Container,
  metadata: Partial<ObjectMeta> | undefined,
  prefix: string,
  field: string,
): string[] {
  const warnings: string[] = [];
  const seccomp = `container.seccomp.security.alpha.kubernetes.io/${name}`;
  if (!securityContext?.seccompProfile && metadata?.annotations?.[seccomp] !== undefined) {
    const instead = 'non-functional in v1.27+; use the "seccompProfile" field instead';
    warnings.push(`${prefix}metadata.annotations[${seccomp}]: ${instead}`);
  }
  for (const resource of ['memory', 'ephemeral-storage']) {
    for (const kind of ['limits', 'requests'] as const) {
      const text = resources?.[kind]?.[resource];
      if (text === undefined) continue;
      const amount = parseQuantity(`${text}`);
      if (amount.milliValue() % 1000 === 0) continue;
      const value = quoted(amount.toString());
      warnings.push(
        `${field}.resources.${kind}[${resource}]: fractional byte value ${value} is invalid, must be an integer`,
      );
    }
  }
  const seen = new Set<string>();
  for (const [index, variable] of env.entries()) {
    const reference = `$(${variable.name})`;
    const extendsItself = !variable.valueFrom && variable.value !== reference && variable.value?.includes(reference);
    if (seen.has(variable.name) && !extendsItself) {
      const what = `hides previous definition of ${quoted(variable.name)}, which may be dropped when using apply`;
      warnings.push(`${field}.env[${index}]: ${what}`);
    }
    seen.add(variable.name);
  }
  return warnings;
}

/** More than an answer has room for: as many as there are ports would be told of each. */
const MAX_PORT_WARNINGS = 1000;

function portWarnings(containers: readonly [Container, string][]): string[] {
  const warnings: string[] = [];
  const seen = new Map<string, { field: string; port: ContainerPort }[]>();
  const hostOf = ({ hostIP, hostPort }: ContainerPort): string => `${hostIP ?? ''}:${hostPort ?? 0}`;
  for (const [{ ports = [] }, container] of containers) {
    for (const [index, port] of ports.entries()) {
      const field = `${container}.ports[${index}]`;
      const key = `${port.containerPort}/${port.protocol}`;
      const others = seen.get(key) ?? [];
      for (const other of others.slice(0, MAX_PORT_WARNINGS)) {
        if (hostOf(other.port) === hostOf(port)) {
          warnings.push(`${field}: duplicate port definition with ${other.field}`);
        } else if (!port.hostPort && !other.port.hostPort) {
          warnings.push(`${field}: overlapping port definition with ${other.field}`);
        }
      }
      if (warnings.length > MAX_PORT_WARNINGS) return warnings;
      others.push({ field, port });
      seen.set(key, others);
    }
  }
  return warnings;
}

function affinityWarnings({ affinity }: PodSpec, at: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const required = affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const preferred = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const warn = (field: string): string =>
      `${at}.affinity.${kind}.${field}.labelSelector: a null labelSelector results in matching no pod`;
    return [
      ...required.flatMap(({ labelSelector }, index) =>
        labelSelector ? [] : [warn(`requiredDuringSchedulingIgnoredDuringExecution[${index}]`)],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm?.labelSelector
          ? []
          : [warn(`preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm`)],
      ),
    ];
  });
}
