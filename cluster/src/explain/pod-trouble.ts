import type { Node, Pod } from '@kubarium/shared';
import type { PodFacts } from './facts.ts';

export type TroubleKind =
  | 'Unschedulable'
  | 'ImageNotPulled'
  | 'ContainerNotCreated'
  | 'CrashLooping'
  | 'NodeDown'
  | 'ProbeFails'
  | 'NotReady'
  | 'Starting'
  | 'Terminating'
  | 'Ended';

/** Why a pod does not do its work. */
export interface PodTrouble {
  readonly kind: TroubleKind;
  /** What is wrong, as the end of a sentence that begins with the pod: `cannot pull image web:404`. */
  readonly message: string;
  readonly evidence: readonly string[];
  readonly fix: string;
}

const PULL_FAILURES = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
const CREATE_FAILURES = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

type ContainerStatus = NonNullable<Pod['status']['containerStatuses']>[number];

/** The first thing that keeps a pod from being ready, in the order of a pod's life; undefined where it is ready. */
export function podTrouble(facts: PodFacts): PodTrouble | undefined {
  const { pod } = facts;
  const early = endTrouble(pod) ?? schedulingTrouble(pod);
  if (early !== undefined || isReady(pod)) return early;
  return nodeTrouble(facts) ?? containersTrouble(facts) ?? readinessTrouble(facts);
}

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

const describe = ({ metadata }: Pod): string => `kubectl describe pod ${metadata.name} -n ${metadata.namespace}`;

const lastWarning = ({ warnings }: PodFacts, reason: string): string[] =>
  warnings
    .filter((warning) => warning.reason === reason)
    .slice(0, 1)
    .map(({ message }) => message);

function endTrouble(pod: Pod): PodTrouble | undefined {
  const { metadata, status } = pod;
  const name = nameOf(pod);
  if (metadata.deletionTimestamp !== undefined) {
    return {
      kind: 'Terminating',
      message: 'is being deleted',
      evidence: [`${name} has been terminating since ${metadata.deletionTimestamp}`],
      fix: 'Wait for its replacement, or see why there is none',
    };
  }
  if (status.phase === 'Succeeded' || status.phase === 'Failed') {
    return {
      kind: 'Ended',
      message: `has ended (${status.phase})`,
      evidence: [`${name} is ${status.phase}${status.reason === undefined ? '' : `: ${status.reason}`}`],
      fix: 'Run a pod that goes on: a Deployment, or restartPolicy Always',
    };
  }
  return undefined;
}

function schedulingTrouble(pod: Pod): PodTrouble | undefined {
  if ((pod.spec.nodeName ?? '') !== '') return undefined;
  const name = nameOf(pod);
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status !== 'False') {
    return { kind: 'Starting', message: 'is not scheduled yet', evidence: [`${name} has no node`], fix: 'Wait' };
  }
  return {
    kind: 'Unschedulable',
    message: 'finds no node',
    evidence: [`${name}: ${scheduled.message ?? scheduled.reason ?? ''}`],
    fix: 'Change what the pod asks for (resources, nodeSelector, affinity, tolerations) or give the cluster a node that fits',
  };
}

function nodeTrouble({ pod, node }: PodFacts): PodTrouble | undefined {
  if (isNodeReady(node)) return undefined;
  const { nodeName } = pod.spec;
  return {
    kind: 'NodeDown',
    message: `runs on ${nodeName}, which ${node === undefined ? 'does not exist' : 'is not ready'}`,
    evidence: [`${nameOf(pod)} is on ${nodeName}`],
    fix: `See: kubectl describe node ${nodeName}`,
  };
}

const statusesOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
];

function containersTrouble(facts: PodFacts): PodTrouble | undefined {
  for (const container of statusesOf(facts.pod)) {
    const trouble = containerTrouble(container, facts);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

/** All its containers run, or are about to. */
function readinessTrouble(facts: PodFacts): PodTrouble {
  const { pod } = facts;
  const { spec, status } = pod;
  const name = nameOf(pod);
  const statuses = statusesOf(pod);
  const unready = statuses.find(({ ready, state }) => !ready && state?.running !== undefined);
  const probe = spec.containers.find((one) => one.name === unready?.name)?.readinessProbe;
  const failures = lastWarning(facts, 'Unhealthy');
  if (unready !== undefined && (probe !== undefined || failures.length > 0)) {
    return {
      kind: failures.length === 0 ? 'Starting' : 'ProbeFails',
      message: failures.length === 0 ? 'has not yet passed its readiness probe' : 'is not ready: its probe fails',
      evidence: [
        `${name}, container ${unready.name}: readiness probe ${probe === undefined ? '(of another kind)' : probeText(probe)}`,
        ...failures.map((message) => `its last result: ${message}`),
      ],
      fix: 'Make the container answer its probe, or correct the probe',
    };
  }
  const gate = (spec.readinessGates ?? []).find(
    ({ conditionType }) => condition(pod, conditionType)?.status !== 'True',
  );
  if (gate !== undefined) {
    return {
      kind: 'NotReady',
      message: `waits for its readiness gate ${gate.conditionType}`,
      evidence: [`${name} has no condition ${gate.conditionType}=True`],
      fix: `Whoever owns the gate must set the condition ${gate.conditionType}`,
    };
  }
  const ready = condition(pod, 'Ready');
  if (status.phase === 'Running' && statuses.every((one) => one.ready)) {
    return {
      kind: 'NotReady',
      message: `has its condition Ready set to ${ready?.status ?? 'nothing'}`,
      evidence: [
        `${name}: ${[ready?.reason, ready?.message].filter(Boolean).join(': ') || 'all its containers are ready'}`,
      ],
      fix: describe(pod),
    };
  }
  const waiting = statuses.find(({ state }) => state?.waiting !== undefined)?.state?.waiting?.reason;
  return {
    kind: 'Starting',
    message: 'is starting',
    evidence: [`${name} is ${status.phase ?? 'Pending'}${waiting === undefined ? '' : ` (${waiting})`}`],
    fix: 'Wait',
  };
}

function containerTrouble(
  { name, state, lastState, image, restartCount }: ContainerStatus,
  facts: PodFacts,
): PodTrouble | undefined {
  const { metadata } = facts.pod;
  const pod = nameOf(facts.pod);
  const waiting = state?.waiting;
  const reason = waiting?.reason ?? '';
  if (PULL_FAILURES.has(reason)) {
    return {
      kind: 'ImageNotPulled',
      message: `cannot get its image ${image}`,
      evidence: [`${pod}, container ${name}: ${reason}: ${waiting?.message ?? ''}`],
      fix: 'Correct the name or the tag of the image',
    };
  }
  if (CREATE_FAILURES.has(reason)) {
    return {
      kind: 'ContainerNotCreated',
      message: `cannot create its container ${name}`,
      evidence: [`${pod}, container ${name}: ${reason}: ${waiting?.message ?? ''}`],
      fix: 'Create what the container refers to, or correct the reference',
    };
  }
  const ended = state?.terminated ?? lastState?.terminated;
  const isCrashed = reason === 'CrashLoopBackOff' || (state?.terminated !== undefined && restartCount > 0);
  if (isCrashed || (state?.running === undefined && ended !== undefined && ended.exitCode !== 0)) {
    const killed = lastWarning(facts, 'Unhealthy').filter(
      (message) => message.startsWith('Liveness') || message.startsWith('Startup'),
    );
    return {
      kind: 'CrashLooping',
      message: `crashes again and again in its container ${name}`,
      evidence: [
        `${pod}, container ${name}: ended with exit code ${ended?.exitCode ?? '?'} (${ended?.reason ?? 'Error'}), restarted ${restartCount} times`,
        ...killed.map((message) => `its last probe: ${message}`),
      ],
      fix: `See why it ends: kubectl logs ${metadata.name} -n ${metadata.namespace} -c ${name} --previous`,
    };
  }
  if (reason === 'ContainerCreating' || reason === 'PodInitializing') {
    const mount = lastWarning(facts, 'FailedMount').concat(lastWarning(facts, 'FailedCreatePodSandBox'));
    if (mount.length > 0) {
      return {
        kind: 'ContainerNotCreated',
        message: 'cannot mount its volumes',
        evidence: mount,
        fix: describe(facts.pod),
      };
    }
  }
  return undefined;
}

/** Whether a node is there and has not been found down. */
export const isNodeReady = (node: Node | undefined): boolean =>
  node !== undefined &&
  node.status.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'True') !== true;

export const isReady = (pod: Pod): boolean => condition(pod, 'Ready')?.status === 'True';

const condition = (pod: Pod, type: string) => pod.status.conditions?.find((one) => one.type === type);

type Probe = NonNullable<Pod['spec']['containers'][number]['readinessProbe']>;

function probeText({ httpGet, tcpSocket, exec, grpc }: Probe): string {
  if (httpGet !== undefined) return `http-get ${httpGet.scheme ?? 'HTTP'} :${httpGet.port}${httpGet.path ?? '/'}`;
  if (tcpSocket !== undefined) return `tcp-socket :${tcpSocket.port}`;
  if (grpc !== undefined) return `grpc :${grpc.port}`;
  return `exec [${(exec?.command ?? []).join(' ')}]`;
}
