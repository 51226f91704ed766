import { socketAddressText } from '@kubarium/shared';
import type { CompiledPolicy, PolicyEnd, PolicyPod, Rule } from './compiled-policy.ts';

/** A connection or datagram that is about to be let through or not; addresses as they are behind the virtual IPs. */
export interface Traffic {
  readonly protocol: string;
  readonly source: PolicyEnd;
  readonly destination: PolicyEnd;
  readonly port: number;
}

export type Direction = 'ingress' | 'egress';

/** A rule that did not match, and why. */
export interface NearestRule {
  /** `namespace/name`. */
  readonly policy: string;
  /** `ingress[0]`; undefined where the policy has no rule for the direction, which is to deny all. */
  readonly rule: string | undefined;
  readonly why: string;
}

/** What the policies of one end say. */
export interface DirectionVerdict {
  readonly direction: Direction;
  /** `namespace/name` of the pod whose policies were asked. */
  readonly pod: string;
  readonly allowed: boolean;
  /** The policies that isolate the pod in this direction, `namespace/name`; none: the pod is open. */
  readonly policies: readonly string[];
  /** The rule that allowed it. */
  readonly by?: { readonly policy: string; readonly rule: string } | undefined;
  /** Where it is denied: what did not match, the nearest first. */
  readonly misses: readonly NearestRule[];
}

export interface PolicyVerdict {
  readonly allowed: boolean;
  /** One sentence for people. */
  readonly reason: string;
  /** Egress of the source, then ingress of the destination; those ends that are pods. A denied egress is the last. */
  readonly directions: readonly DirectionVerdict[];
}

/**
 * Whether network policies let traffic through, and on what evidence. Pure.
 *
 * 1. A pod's traffic to itself passes, and so does traffic between a pod and its own node (probes).
 * 2. Egress of the source pod, then ingress of the destination pod; both must allow it. An end that is no pod has no policies.
 * 3. A pod that no policy of a direction selects is open in it. Otherwise one rule of any of them must match: rules add up.
 * 4. A rule matches where one of its peers is the other end (no peers: anyone), and one of its ports the port (none: any). Named
 *    ports are those of the destination pod. Peers by address (ipBlock) match pods too.
 *
 * Replies are not asked about: what was allowed may be answered. Source: networking.k8s.io/v1 NetworkPolicy.
 */
export function policyVerdict(
  traffic: Traffic,
  policiesOf: (pod: PolicyPod) => readonly CompiledPolicy[],
): PolicyVerdict {
  const { source, destination } = traffic;
  const exempt = exemption(source, destination);
  if (exempt !== undefined) return { allowed: true, reason: exempt, directions: [] };
  const directions: DirectionVerdict[] = [];
  for (const direction of ['egress', 'ingress'] as const) {
    const [own, other] = direction === 'egress' ? [source, destination] : [destination, source];
    if (own.pod === undefined) continue;
    const verdict = directionVerdict(direction, own.pod, other, traffic, policiesOf(own.pod));
    directions.push(verdict);
    if (!verdict.allowed) return { allowed: false, reason: denial(verdict), directions };
  }
  const decided = directions.filter(({ by }) => by !== undefined);
  const reason =
    decided.length === 0
      ? 'no policy selects the pods'
      : decided.map(({ by, direction }) => `${direction} allowed by policy ${by!.policy}, rule ${by!.rule}`).join('; ');
  return { allowed: true, reason, directions };
}

/** The same without the evidence, for traffic that nobody asks about: it is asked for every connection and datagram. */
export function isAllowed(traffic: Traffic, policiesOf: (pod: PolicyPod) => readonly CompiledPolicy[]): boolean {
  const { source, destination } = traffic;
  if (exemption(source, destination) !== undefined) return true;
  const allows = (direction: Direction, { pod }: PolicyEnd, peer: PolicyEnd): boolean => {
    if (pod === undefined) return true;
    const policies = policiesOf(pod);
    return !isolates(policies, direction) || allowingRule(policies, direction, peer, traffic) !== undefined;
  };
  return allows('egress', source, destination) && allows('ingress', destination, source);
}

function exemption(source: PolicyEnd, destination: PolicyEnd): string | undefined {
  const [from, to] = [source.pod, destination.pod];
  if (from !== undefined && to !== undefined && from.namespace === to.namespace && from.name === to.name) {
    return 'a pod may always reach itself';
  }
  if (to !== undefined && source.node === to.node) return `the pod's own node ${to.node} may always reach it`;
  if (from !== undefined && destination.node === from.node) return `a pod may always reach its own node ${from.node}`;
  return undefined;
}

function directionVerdict(
  direction: Direction,
  pod: PolicyPod,
  peer: PolicyEnd,
  traffic: Traffic,
  all: readonly CompiledPolicy[],
): DirectionVerdict {
  const policies = all.filter((policy) => policy[direction] !== undefined);
  const base = { direction, pod: `${pod.namespace}/${pod.name}`, policies: policies.map(nameOf), misses: [] };
  if (policies.length === 0) return { ...base, allowed: true };
  const by = allowingRule(policies, direction, peer, traffic);
  if (by !== undefined) return { ...base, allowed: true, by: { policy: nameOf(by.policy), rule: by.rule.path } };
  return { ...base, allowed: false, misses: misses(direction, policies, peer, traffic) };
}

const isolates = (policies: readonly CompiledPolicy[], direction: Direction): boolean =>
  policies.some((policy) => policy[direction] !== undefined);

function allowingRule(
  policies: readonly CompiledPolicy[],
  direction: Direction,
  peer: PolicyEnd,
  traffic: Traffic,
): { readonly policy: CompiledPolicy; readonly rule: Rule } | undefined {
  for (const policy of policies) {
    const rule = policy[direction]?.find((one) => peerMatches(one, peer) && portMatches(one, traffic));
    if (rule !== undefined) return { policy, rule };
  }
  return undefined;
}

const peerMatches = ({ peers }: Rule, end: PolicyEnd): boolean =>
  peers === undefined || peers.some((peer) => peer.matches(end));

const portMatches = ({ ports }: Rule, { protocol, port, destination }: Traffic): boolean =>
  ports === undefined || ports.some((one) => one.matches(protocol, port, destination.pod));

/** Why each rule did not match, the one with the least wrong first. */
function misses(
  direction: Direction,
  policies: readonly CompiledPolicy[],
  peer: PolicyEnd,
  traffic: Traffic,
): readonly NearestRule[] {
  const found = policies.flatMap((policy): { readonly miss: NearestRule; readonly wrong: number }[] => {
    const rules = policy[direction]!;
    if (rules.length === 0) {
      const why = `it allows no ${direction} at all`;
      return [{ miss: { policy: nameOf(policy), rule: undefined, why }, wrong: Infinity }];
    }
    return rules.map((rule) => {
      const whys = [...nearestPeer(rule, peer)];
      if (!portMatches(rule, traffic)) {
        const allowed = rule.ports!.map(({ text }) => text).join(', ');
        whys.push(`it allows ${allowed}, and port ${traffic.port}/${traffic.protocol} is asked`);
      }
      return { miss: { policy: nameOf(policy), rule: rule.path, why: whys.join('; ') }, wrong: whys.length };
    });
  });
  return found.sort((a, b) => a.wrong - b.wrong).map(({ miss }) => miss);
}

/** What is missing for the nearest of a rule's peers; nothing where one matches. */
function nearestPeer({ peers }: Rule, end: PolicyEnd): readonly string[] {
  if (peers === undefined) return [];
  const all = peers.map((peer) => ({ peer, whys: peer.misses(end) }));
  const nearest = all.reduce((best, one) => (one.whys.length < best.whys.length ? one : best));
  return nearest.whys.map((why) => `it allows ${nearest.peer.text}: ${why}`);
}

function denial({ direction, pod, policies, misses: [nearest] }: DirectionVerdict): string {
  const what = `${direction} of pod ${pod} is denied by ${policies.length === 1 ? 'policy' : 'policies'} ${policies.join(', ')}`;
  if (nearest === undefined) return what;
  const rule = nearest.rule === undefined ? '' : ` ${nearest.rule}`;
  return policies.length === 1 && nearest.rule === undefined
    ? `${what}: ${nearest.why}`
    : `${what}; nearest is ${nearest.policy}${rule}: ${nearest.why}`;
}

const nameOf = ({ namespace, name }: CompiledPolicy): string => `${namespace}/${name}`;

/** `pod default/web` or `192.0.2.1:0`: how an end is called in hops. */
export const endText = ({ address, pod, node }: PolicyEnd, port?: number): string => {
  const socket = port === undefined ? address : socketAddressText({ address, port });
  if (pod !== undefined) return `pod ${pod.namespace}/${pod.name} (${socket})`;
  return node === undefined ? socket : `node ${node} (${socket})`;
};
