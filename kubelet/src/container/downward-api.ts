import {
  type Container,
  type ObjectFieldSelector,
  parseQuantity,
  type Pod,
  Quantity,
  type ResourceFieldSelector,
} from '@kubarium/shared';

/** What the downward API tells beside the pod itself. */
export interface DownwardFacts {
  readonly pod: Pod;
  readonly podIPs: readonly string[];
  readonly hostIP: string;
  /** The node's allocatable resources: the limits of a container that has none. */
  readonly allocatable: Readonly<Record<string, string>>;
}

/** The value of a `fieldRef`; throws an Error with the kubelet's text where there is no such field. */
export function podField({ fieldPath }: ObjectFieldSelector, { pod, podIPs, hostIP }: DownwardFacts): string {
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(fieldPath);
  if (subscript !== null) {
    const map = subscript[1] === 'metadata.labels' ? pod.metadata.labels : pod.metadata.annotations;
    return map?.[subscript[2]!] ?? '';
  }
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid;
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return hostIP;
    case 'status.podIP':
      return podIPs[0] ?? '';
    case 'status.podIPs':
      return podIPs.join(',');
    default:
      throw new Error(`unsupported fieldPath: ${fieldPath}`);
  }
}

/** The value of a `resourceFieldRef` in units of its divisor, rounded up; throws an Error with the kubelet's text. */
export function resourceField(
  { containerName, resource, divisor }: ResourceFieldSelector,
  container: Container | undefined,
  { pod, allocatable }: DownwardFacts,
): string {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const subject =
    containerName === undefined || containerName === '' ? container : all.find((one) => one.name === containerName);
  if (subject === undefined) throw new Error(`container ${containerName} not found`);
  const [kind, name] = split(resource);
  const own = subject.resources?.[kind]?.[name];
  const text = own ?? (kind === 'limits' ? (pod.spec.resources?.limits?.[name] ?? allocatable[name]) : undefined);
  const amount = text === undefined ? Quantity.zero : parseQuantity(text);
  const unit = divisor === undefined || divisor === '0' ? Quantity.of(1) : parseQuantity(divisor);
  return String((amount.nanos + unit.nanos - 1n) / unit.nanos);
}

function split(resource: string): ['limits' | 'requests', string] {
  const dot = resource.indexOf('.');
  const kind = resource.slice(0, dot);
  if (kind !== 'limits' && kind !== 'requests') throw new Error(`unsupported container resource : ${resource}`);
  return [kind, resource.slice(dot + 1)];
}

/** `key="value"` lines in the order of their keys. */
const formatMap = (map: Readonly<Record<string, string>> | undefined): string =>
  Object.entries(map ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
