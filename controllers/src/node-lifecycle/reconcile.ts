import { type Node, type NodeCondition, type Taint, timestamp } from '@kubarium/shared';

/** How long a node may be silent, and how long a new one may take to say anything (kube-controller-manager's defaults in 1.35). */
export const GRACE_MS = 50_000;
export const STARTUP_GRACE_MS = 60_000;

const REPORTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/** Which taint a condition in a state means for new pods. */
const CONDITION_TAINTS: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const OWN_KEYS = new Set([...CONDITION_TAINTS.map(([, , key]) => key), UNSCHEDULABLE]);

export const readyStatus = ({ status }: Node): string | undefined =>
  status.conditions?.find(({ type }) => type === 'Ready')?.status;

/** The conditions of a node that is not heard of any more. */
export function silentConditions(node: Node, nowMs: number): NodeCondition[] {
  const now = timestamp(nowMs);
  const current = node.status.conditions ?? [];
  const silenced = current.map((condition) => {
    if (!(REPORTED as readonly string[]).includes(condition.type) || condition.status === 'Unknown') return condition;
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: now,
    };
  });
  const missing = REPORTED.filter((type) => !current.some((condition) => condition.type === type));
  return [
    ...silenced,
    ...missing.map((type) => ({
      type,
      status: 'Unknown',
      reason: 'NodeStatusNeverUpdated',
      message: 'Kubelet never posted node status.',
      lastHeartbeatTime: node.metadata.creationTimestamp,
      lastTransitionTime: now,
    })),
  ];
}

/**
 * The taints that a node's conditions ask for, in place of those that they no longer do; other taints stay as they are. `mayEvict` false
 * leaves out the NoExecute ones: where every node is silent, it is the network and not the nodes.
 */
export function wantedTaints(node: Node, mayEvict: boolean, nowMs: number): readonly Taint[] {
  const current = node.spec.taints ?? [];
  const conditions = node.status.conditions ?? [];
  const wanted: Pick<Taint, 'key' | 'effect'>[] = CONDITION_TAINTS.filter(([type, status]) =>
    conditions.some((condition) => condition.type === type && condition.status === status),
  ).map(([, , key]) => ({ key, effect: 'NoSchedule' }));
  if (node.spec.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const ready = readyStatus(node);
  if (mayEvict && ready === 'False') wanted.push({ key: NOT_READY, effect: 'NoExecute' });
  if (mayEvict && ready === 'Unknown') wanted.push({ key: UNREACHABLE, effect: 'NoExecute' });
  // A node that has said nothing yet keeps the taint it was born with.
  if (ready === undefined) wanted.push(...current.filter(({ key }) => key === NOT_READY));
  const isOwn = ({ key, effect }: Taint): boolean =>
    OWN_KEYS.has(key) && (effect === 'NoSchedule' || key === NOT_READY || key === UNREACHABLE);
  const isSame = (a: Pick<Taint, 'key' | 'effect'>, b: Pick<Taint, 'key' | 'effect'>): boolean =>
    a.key === b.key && a.effect === b.effect;
  const kept = current.filter((taint) => !isOwn(taint) || wanted.some((each) => isSame(each, taint)));
  const added = wanted.filter((each) => !current.some((taint) => isSame(each, taint)));
  if (added.length === 0 && kept.length === current.length) return current;
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: timestamp(nowMs) }))];
}
