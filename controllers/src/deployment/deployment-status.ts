import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '@kubarium/shared';
import {
  deadlineMs,
  findCondition,
  hasProgressDeadline,
  makeCondition,
  withCondition,
  withoutCondition,
} from './conditions.ts';
import { maxUnavailable, wantedReplicas } from './rollout-limits.ts';
import { sumSizes } from './scaling.ts';

type Conditions = readonly DeploymentCondition[];

/** The counts of a status and its condition Available, out of the ReplicaSets' own status. */
export function countedStatus(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  conditions: Conditions,
  nowMs: number,
): DeploymentStatus {
  const sum = (count: (status: ReplicaSet['status']) => number | undefined): number =>
    all.reduce((total, { status }) => total + (count(status) ?? 0), 0);
  const replicas = sum((status) => status.replicas);
  const availableReplicas = sum((status) => status.availableReplicas);
  const { collisionCount } = deployment.status;
  const counts = {
    replicas,
    updatedReplicas: fresh?.status.replicas ?? 0,
    readyReplicas: sum((status) => status.readyReplicas),
    availableReplicas,
    // Of what is asked of the ReplicaSets, pods that could not even be made included.
    unavailableReplicas: Math.max(0, sumSizes(all) - availableReplicas),
  };
  const isAvailable = availableReplicas >= wantedReplicas(deployment) - maxUnavailable(deployment);
  const available = isAvailable
    ? makeCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
    : makeCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      );
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    observedGeneration: deployment.metadata.generation,
    ...(collisionCount === undefined ? {} : { collisionCount }),
    terminatingReplicas: sum((status) => status.terminatingReplicas),
    conditions: [...withCondition(conditions, available)],
  };
}

/** True where all wanted pods are of the present template, available, and no others are left. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean =>
  (status.updatedReplicas ?? 0) === wantedReplicas(deployment) &&
  (status.replicas ?? 0) === wantedReplicas(deployment) &&
  (status.availableReplicas ?? 0) === wantedReplicas(deployment) &&
  (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);

const hasProgressed = ({ status: before }: Deployment, now: DeploymentStatus): boolean => {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
};

/** The status with its conditions Progressing and ReplicaFailure brought up to date. */
export function withProgress(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  status: DeploymentStatus,
  nowMs: number,
): DeploymentStatus {
  let conditions: Conditions = status.conditions ?? [];
  const current = findCondition(conditions, 'Progressing');
  const isSettled =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, 'Progressing');
  else if (!isSettled) {
    const who =
      fresh === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${fresh.metadata.name}"`;
    const progressing = (state: 'True' | 'False', reason: string, what: string): DeploymentCondition =>
      makeCondition('Progressing', state, reason, `${who} ${what}`, nowMs);
    const deadline = deadlineMs(deployment, conditions);
    if (isComplete(deployment, status)) {
      conditions = withCondition(
        conditions,
        progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
      );
    } else if (hasProgressed(deployment, status)) {
      const next = progressing('True', 'ReplicaSetUpdated', 'is progressing.');
      conditions = withCondition(conditions, next, { refresh: true });
    } else if (current?.reason === 'ProgressDeadlineExceeded' || (deadline !== undefined && deadline < nowMs)) {
      conditions = withCondition(
        conditions,
        progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
      );
    }
  }
  const failure = [...(fresh === undefined ? [] : [fresh]), ...all]
    .flatMap((each) => each.status.conditions ?? [])
    .find(({ type }) => type === 'ReplicaFailure');
  conditions =
    failure === undefined
      ? withoutCondition(conditions, 'ReplicaFailure')
      : withCondition(conditions, { ...failure, lastUpdateTime: failure.lastTransitionTime });
  return { ...status, conditions: [...conditions] };
}
