import {
  formatLabelSelector,
  ipv4Range,
  labelSelectorMatches,
  parseLabelSelectorObject,
  type Ipv4Range,
  type LabelSelector,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
} from '@kubarium/shared';

/** A pod as policies see it. */
export interface PolicyPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** The number of a named container port; undefined where it has none of that name and protocol. */
  portNumber(name: string, protocol: string): number | undefined;
}

/** One end of a connection. Without a pod: a node, or a place outside the cluster. */
export interface PolicyEnd {
  readonly address: string;
  readonly pod?: PolicyPod | undefined;
  /** The node that the address belongs to, where it is a node's own. */
  readonly node?: string | undefined;
}

/** A port of a rule: `matches` is asked with the destination's pod, for the names of ports are the pod's. */
export interface PortRule {
  /** `80/TCP`, `32000-32768/TCP`, `http/TCP`, `any/UDP`. */
  readonly text: string;
  matches(protocol: string, port: number, destination: PolicyPod | undefined): boolean;
}

/** A peer of a rule. `misses` says, a sentence for each requirement, why an end is not this peer; none where it `matches`. */
export interface PeerRule {
  readonly text: string;
  matches(end: PolicyEnd): boolean;
  misses(end: PolicyEnd): readonly string[];
}

/** One entry of `spec.ingress` or `spec.egress`. Absent peers or ports: any. */
export interface Rule {
  /** `ingress[0]`. */
  readonly path: string;
  readonly peers: readonly PeerRule[] | undefined;
  readonly ports: readonly PortRule[] | undefined;
}

/** A NetworkPolicy, read once. `undefined` rules of a direction: the policy says nothing about it. */
export interface CompiledPolicy {
  readonly namespace: string;
  readonly name: string;
  selects(pod: Pick<PolicyPod, 'namespace' | 'labels'>): boolean;
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}

/** Reads a policy. Without `policyTypes` it is one of ingress, and of egress too where it has egress rules. */
export function compiledPolicy({ metadata, spec }: NetworkPolicy): CompiledPolicy {
  const { name } = metadata;
  const namespace = metadata.namespace ?? '';
  const { podSelector, policyTypes, ingress = [], egress = [] } = spec;
  const types = policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
  const rules = (direction: string, list: readonly { peers?: NetworkPolicyPeer[]; ports?: NetworkPolicyPort[] }[]) =>
    list.map(({ peers, ports }, index): Rule => {
      const any = <T>(some: readonly T[] | undefined): boolean => some === undefined || some.length === 0;
      return {
        path: `${direction}[${index}]`,
        peers: any(peers) ? undefined : peers!.map((peer) => peerRule(peer, namespace)),
        ports: any(ports) ? undefined : ports!.map(portRule),
      };
    });
  return {
    namespace,
    name,
    // An absent pod selector is the empty one: it selects every pod of the namespace.
    selects: (pod) => pod.namespace === namespace && labelSelectorMatches(podSelector ?? {}, pod.labels),
    ingress: types.includes('Ingress')
      ? rules(
          'ingress',
          ingress.map(({ from, ports }) => ({ ...(from && { peers: from }), ...(ports && { ports }) })),
        )
      : undefined,
    egress: types.includes('Egress')
      ? rules(
          'egress',
          egress.map(({ to, ports }) => ({ ...(to && { peers: to }), ...(ports && { ports }) })),
        )
      : undefined,
  };
}

function portRule({ protocol = 'TCP', port, endPort }: NetworkPolicyPort): PortRule {
  const text = `${port ?? 'any'}${endPort === undefined ? '' : `-${endPort}`}/${protocol}`;
  return {
    text,
    matches(asked, number, destination) {
      if (asked !== protocol) return false;
      if (port === undefined) return true;
      if (typeof port === 'string') return destination?.portNumber(port, protocol) === number;
      return endPort === undefined ? number === port : number >= port && number <= endPort;
    },
  };
}

function peerRule({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, namespace: string): PeerRule {
  return ipBlock === undefined
    ? selectorPeer(podSelector, namespaceSelector, namespace)
    : blockPeer(ipBlock.cidr, ipBlock.except ?? []);
}

/** Pods of the policy's own namespace, or of those that a namespace selector selects. */
function selectorPeer(
  podSelector: LabelSelector | undefined,
  namespaceSelector: LabelSelector | undefined,
  namespace: string,
): PeerRule {
  const pods = podSelector === undefined ? undefined : selectorText(podSelector);
  const where = namespaceSelector === undefined ? undefined : selectorText(namespaceSelector);
  const isPlace = (pod: PolicyPod): boolean =>
    namespaceSelector === undefined
      ? pod.namespace === namespace
      : labelSelectorMatches(namespaceSelector, pod.namespaceLabels);
  const isPod = (pod: PolicyPod): boolean => podSelector === undefined || labelSelectorMatches(podSelector, pod.labels);
  return {
    text: `${pods === undefined ? 'pods' : `pods ${pods}`} of ${where === undefined ? `namespace ${namespace}` : `namespaces ${where}`}`,
    matches: ({ pod }) => pod !== undefined && isPlace(pod) && isPod(pod),
    misses({ address, pod }) {
      if (pod === undefined) return [`${address} is no pod`];
      const misses: string[] = [];
      if (!isPlace(pod)) {
        misses.push(
          where === undefined
            ? `the pod is in namespace ${pod.namespace}, not ${namespace}`
            : `namespace ${pod.namespace} has not ${where}`,
        );
      }
      if (!isPod(pod)) misses.push(`the pod has not ${pods}${nearLabels(podSelector!, pod.labels)}`);
      return misses;
    },
  };
}

const selectorText = (selector: LabelSelector): string => {
  const text = formatLabelSelector(parseLabelSelectorObject(selector));
  return text === '' ? '(any)' : text;
};

/** ` (it has app=web)`: what a pod has for the keys that a selector asks. */
function nearLabels({ matchLabels = {} }: LabelSelector, labels: Readonly<Record<string, string>>): string {
  const near = Object.keys(matchLabels).flatMap((key) =>
    labels[key] !== undefined && labels[key] !== matchLabels[key] ? [`${key}=${labels[key]}`] : [],
  );
  return near.length === 0 ? '' : ` (it has ${near.join(',')})`;
}

function blockPeer(cidr: string, except: readonly string[]): PeerRule {
  const block = readRange(cidr);
  const holes = except.map(readRange);
  const isInside = (address: string): boolean => block?.contains(address) ?? false;
  const holeOf = (address: string): Ipv4Range | undefined => holes.find((range) => range?.contains(address));
  return {
    text: `addresses of ${cidr}${except.length === 0 ? '' : ` except ${except.join(', ')}`}`,
    matches: ({ address }) => isInside(address) && holeOf(address) === undefined,
    misses({ address }) {
      if (!isInside(address)) return [`${address} is not of ${cidr}`];
      const hole = holeOf(address);
      return hole === undefined ? [] : [`${address} is of ${hole.text}, which is excepted`];
    },
  };
}

/** Undefined for IPv6 blocks: the pod network has none of their addresses. */
const readRange = (text: string): Ipv4Range | undefined => (text.includes(':') ? undefined : ipv4Range(text));
