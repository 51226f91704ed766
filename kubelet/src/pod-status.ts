import {
  type ContainerStatus,
  deepEqual,
  type Pod,
  type PodCondition,
  type PodStatus,
  timestamp,
} from '@kubarium/shared';
import { goList } from './go-format.ts';
import { type PodPhase, podPhase, roleOfInit } from './restart-policy.ts';

/** All that a pod's status is made of. */
export interface PodStatusInput {
  readonly pod: Pod;
  /** What was last reported, for the times of its conditions. */
  readonly previous: PodStatus;
  readonly nowMs: number;
  readonly hostIP: string;
  /** Empty while there is no sandbox. */
  readonly podIPs: readonly string[];
  readonly hasSandbox: boolean;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  readonly ephemeralStatuses: readonly ContainerStatus[];
  readonly isInitialized: boolean;
  /** Nothing runs any more, and nothing will. */
  readonly isStopped: boolean;
  /** Set where the node itself ended the pod: Evicted, DeadlineExceeded, OutOfcpu, ... */
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const TRUE: Verdict = { status: 'True' };

/**
 * The status that a kubelet reports for a pod (Pod lifecycle; the wording is kubelet/status/generate.go's). Pure: the same
 * facts give the same status. Conditions and fields that are not the kubelet's are left out; they are not its to write.
 */
export function podStatus(input: PodStatusInput): PodStatus {
  const { pod, previous, nowMs, statuses, initStatuses, ephemeralStatuses } = input;
  // A pod never leaves a phase in which it ended (API conventions).
  const isTerminal = previous.phase === 'Succeeded' || previous.phase === 'Failed';
  const phase = isTerminal
    ? (previous.phase as PodPhase)
    : input.failure !== undefined && input.isStopped
      ? 'Failed'
      : podPhase(input);
  const startTime = previous.startTime ?? timestamp(nowMs);
  return {
    phase,
    ...(input.failure === undefined || phase !== 'Failed' ? {} : input.failure),
    conditions: conditions(input, phase),
    hostIP: input.hostIP,
    hostIPs: [{ ip: input.hostIP }],
    ...(input.podIPs.length === 0 ? {} : { podIP: input.podIPs[0]!, podIPs: input.podIPs.map((ip) => ({ ip })) }),
    startTime,
    ...(initStatuses.length === 0 ? {} : { initContainerStatuses: [...initStatuses] }),
    containerStatuses: [...statuses],
    ...(ephemeralStatuses.length === 0 ? {} : { ephemeralContainerStatuses: [...ephemeralStatuses] }),
    ...(pod.status.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
}

/** What is reported for a pod that the node refused: it never had a container. */
export function rejectedStatus(
  pod: Pod,
  failure: { readonly reason: string; readonly message: string },
  nowMs: number,
): PodStatus {
  return {
    phase: 'Failed',
    reason: failure.reason,
    message: `Pod was rejected: ${failure.message}`,
    startTime: pod.status.startTime ?? timestamp(nowMs),
    ...(pod.status.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
}

function conditions(input: PodStatusInput, phase: PodPhase): PodCondition[] {
  const { pod, previous, nowMs } = input;
  const containersReady = containersReadiness(input, phase);
  const verdicts: Record<string, Verdict> = {
    PodReadyToStartContainers: input.hasSandbox ? TRUE : { status: 'False' },
    Initialized: initialization(input, phase),
    Ready: containersReady.status === 'True' ? gates(pod) : containersReady,
    ContainersReady: containersReady,
    PodScheduled: TRUE,
  };
  return Object.entries(verdicts).map(([type, verdict]) => {
    const before = previous.conditions?.find((condition) => condition.type === type);
    return {
      type,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      ...verdict,
      lastTransitionTime:
        before?.status === verdict.status && before.lastTransitionTime !== undefined
          ? before.lastTransitionTime
          : timestamp(nowMs),
    };
  });
}

function containersReadiness({ pod, statuses, initStatuses }: PodStatusInput, phase: PodPhase): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const unready: string[] = [];
  for (const [index, container] of (pod.spec.initContainers ?? []).entries())
    if (roleOfInit(container) === 'sidecar' && initStatuses[index]?.ready !== true) unready.push(container.name);
  for (const [index, container] of pod.spec.containers.entries())
    if (statuses[index]?.ready !== true) unready.push(container.name);
  return unready.length === 0
    ? TRUE
    : { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${goList(unready)}` };
}

/** Readiness gates (KEP-580): conditions that others set. */
function gates(pod: Pod): Verdict {
  const missing = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status.conditions?.find((one) => one.type === conditionType);
    if (condition === undefined)
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True'
      ? []
      : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  return missing.length === 0
    ? TRUE
    : { status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

function initialization({ pod, initStatuses, isInitialized }: PodStatusInput, phase: PodPhase): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (isInitialized) return TRUE;
  const incomplete = (pod.spec.initContainers ?? []).filter((container, index) => {
    const status = initStatuses[index];
    return roleOfInit(container) === 'sidecar' ? status?.started !== true : status?.ready !== true;
  });
  return incomplete.length === 0
    ? TRUE
    : {
        status: 'False',
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: ${goList(incomplete.map(({ name }) => name))}`,
      };
}

/**
 * The strategic merge patch of `pods/status` that turns what was last written into what is to be, or undefined where they say
 * the same. Lists without a merge key are sent whole; addresses that went are deleted by name.
 */
export function statusPatch(written: PodStatus, wanted: PodStatus): object | undefined {
  const patch: Record<string, unknown> = {};
  const conditionPatch = (wanted.conditions ?? []).filter((condition) => {
    const before = written.conditions?.find(({ type }) => type === condition.type);
    return before === undefined || !sameCondition(before, condition);
  });
  if (conditionPatch.length > 0)
    patch['conditions'] = conditionPatch.map((condition) => {
      const before = written.conditions?.find(({ type }) => type === condition.type);
      // A merge keeps what it does not name: fields that went are named null.
      return {
        ...(before?.reason !== undefined && condition.reason === undefined ? { reason: null } : {}),
        ...(before?.message !== undefined && condition.message === undefined ? { message: null } : {}),
        ...condition,
      };
    });
  for (const field of ['podIPs', 'hostIPs'] as const) {
    const before = written[field] ?? [];
    const after = wanted[field] ?? [];
    const added = after.filter(({ ip }) => !before.some((one) => one.ip === ip));
    const removed = before.filter(({ ip }) => !after.some((one) => one.ip === ip));
    if (added.length > 0 || removed.length > 0)
      patch[field] = [...removed.map(({ ip }) => ({ $patch: 'delete', ip })), ...added];
  }
  for (const field of PLAIN_FIELDS) {
    const value = wanted[field];
    if (deepEqual(written[field], value)) continue;
    // The API server sets the class of service at creation; it is never taken back.
    if (value === undefined && (field === 'qosClass' || field === 'startTime')) continue;
    patch[field] = value ?? null;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

const PLAIN_FIELDS = [
  'phase',
  'reason',
  'message',
  'hostIP',
  'podIP',
  'startTime',
  'qosClass',
  'observedGeneration',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const satisfies readonly (keyof PodStatus)[];

const sameCondition = (a: PodCondition, b: PodCondition): boolean =>
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.observedGeneration === b.observedGeneration &&
  a.lastTransitionTime === b.lastTransitionTime;
