import { type Deployment, type DeploymentCondition, parseTimestamp, timestamp } from '@kubarium/shared';

/** The largest value means "no deadline". */
const NO_DEADLINE = 2 ** 31 - 1;

export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== NO_DEADLINE;

export const findCondition = (
  conditions: readonly DeploymentCondition[],
  type: string,
): DeploymentCondition | undefined => conditions.find((condition) => condition.type === type);

export const makeCondition = (
  type: 'Available' | 'Progressing' | 'ReplicaFailure',
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition => {
  const now = timestamp(nowMs);
  return { type, status, lastUpdateTime: now, lastTransitionTime: now, reason, message };
};

/**
 * The conditions with one of them set: unchanged where status and reason are the same already; the moment of transition is kept where
 * only the reason differs. `refresh` takes the new one also where it says the same, with its new lastUpdateTime.
 */
export function withCondition(
  conditions: readonly DeploymentCondition[],
  next: DeploymentCondition,
  { refresh = false } = {},
): readonly DeploymentCondition[] {
  const current = findCondition(conditions, next.type);
  if (!refresh && current?.status === next.status && current.reason === next.reason) return conditions;
  const { lastTransitionTime } = current?.status === next.status ? current : next;
  return [...withoutCondition(conditions, next.type), { ...next, lastTransitionTime }];
}

export const withoutCondition = (
  conditions: readonly DeploymentCondition[],
  type: string,
): readonly DeploymentCondition[] => conditions.filter((condition) => condition.type !== type);

/** When the rollout is late if nothing moves before; undefined where nothing is waited for. */
export function deadlineMs(deployment: Deployment, conditions: readonly DeploymentCondition[]): number | undefined {
  const progressing = findCondition(conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || progressing?.lastUpdateTime === undefined) return undefined;
  if (progressing.reason === 'NewReplicaSetAvailable' || progressing.reason === 'ProgressDeadlineExceeded')
    return undefined;
  return parseTimestamp(progressing.lastUpdateTime) + deployment.spec.progressDeadlineSeconds! * 1000;
}
