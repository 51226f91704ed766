import {
  type ContainerImage,
  deepEqual,
  type Draft,
  type Node,
  type NodeCondition,
  type NodeStatus,
  parseTimestamp,
  timestamp,
} from '@kubarium/shared';
import { KERNEL_VERSION } from './container/kernel-version.ts';

/** What a node is made of. */
export interface NodeFacts {
  readonly name: string;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly version: string;
  /** Hexadecimal, 32 digits. */
  readonly machineId: string;
  /** UUIDs; the boot's is another after each start. */
  readonly systemUuid: string;
  readonly bootId: string;
}

/** The labels that every node bears. */
export const nodeLabels = ({ name, labels }: NodeFacts): Record<string, string> => ({
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': name,
  'kubernetes.io/os': 'linux',
  ...labels,
});

/** The Node that a kubelet registers itself with. */
export const initialNode = (facts: NodeFacts, nowMs: number, networkProblem: string | undefined): Draft<Node> => ({
  metadata: {
    name: facts.name,
    labels: nodeLabels(facts),
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  },
  spec: {},
  status: nodeStatus({ facts, nowMs, networkProblem, images: [], previous: undefined }),
});

export interface NodeStatusInput {
  readonly facts: NodeFacts;
  readonly nowMs: number;
  /** Why pods cannot have a network yet. */
  readonly networkProblem: string | undefined;
  readonly images: ContainerImage[];
  readonly previous: NodeStatus | undefined;
}

/** The part of a node's status that is its kubelet's, in a real kubelet's order and words. */
export function nodeStatus({ facts, nowMs, networkProblem, images, previous }: NodeStatusInput): NodeStatus {
  const { name, address, capacity, allocatable, version } = facts;
  return {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    allocatable,
    capacity,
    conditions: conditions(networkProblem, nowMs, previous?.conditions ?? []),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images,
    nodeInfo: {
      architecture: 'amd64',
      bootID: facts.bootId,
      containerRuntimeVersion: 'kubarium://0.1.0',
      kernelVersion: KERNEL_VERSION,
      kubeProxyVersion: '',
      kubeletVersion: version,
      machineID: facts.machineId,
      operatingSystem: 'linux',
      osImage: 'Kubarium simulated node',
      systemUUID: facts.systemUuid,
    },
    runtimeHandlers: [{ features: { recursiveReadOnlyMounts: false, userNamespaces: false }, name: '' }],
  };
}

const HEALTHY: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
];

function conditions(
  networkProblem: string | undefined,
  nowMs: number,
  previous: readonly NodeCondition[],
): NodeCondition[] {
  const condition = (type: string, status: string, reason: string, message: string): NodeCondition => {
    const before = previous.find((one) => one.type === type);
    return {
      type,
      status,
      lastHeartbeatTime: timestamp(nowMs),
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(nowMs),
      reason,
      message,
    };
  };
  return [
    ...HEALTHY.map(([type, reason, message]) => condition(type, 'False', reason, message)),
    networkProblem === undefined
      ? condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition('Ready', 'False', 'KubeletNotReady', networkProblem),
  ];
}

/**
 * The patch that brings a node's status up to date, or undefined where nothing but the time of the heartbeat differs and that
 * is not older than `reportMs`. Conditions and fields of others are not named, so they stay.
 */
export function nodeStatusPatch(
  present: NodeStatus,
  wanted: NodeStatus,
  nowMs: number,
  reportMs: number,
): object | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of Object.keys(wanted) as (keyof NodeStatus)[])
    if (field !== 'conditions' && !deepEqual(present[field], wanted[field])) patch[field] = wanted[field];
  const beats = (wanted.conditions ?? []).map((condition) => {
    const before = present.conditions?.find(({ type }) => type === condition.type);
    return { condition, before };
  });
  const hasChanged = beats.some(
    ({ condition, before }) => before?.status !== condition.status || before.reason !== condition.reason,
  );
  const isOld = beats.some(
    ({ before }) =>
      before?.lastHeartbeatTime === undefined || parseTimestamp(before.lastHeartbeatTime) + reportMs <= nowMs,
  );
  if (hasChanged || isOld || Object.keys(patch).length > 0) patch['conditions'] = wanted.conditions;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
