import { type Deployment, scaledValue } from '@kubarium/shared';

export const wantedReplicas = ({ spec }: Deployment): number => spec.replicas ?? 1;
export const isRollingUpdate = ({ spec }: Deployment): boolean =>
  (spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** Both limits as numbers: surge rounds up, unavailable down, and one pod may be unavailable where both come out as zero. */
function limits(deployment: Deployment): { surge: number; unavailable: number } {
  const replicas = wantedReplicas(deployment);
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, replicas, { roundUp: true });
  const unavailable = scaledValue(maxUnavailable, replicas, { roundUp: false });
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** How many pods there may be above the wanted number. */
export const maxSurge = (deployment: Deployment): number =>
  isRollingUpdate(deployment) ? limits(deployment).surge : 0;

/** How many of the wanted pods may be missing. */
export const maxUnavailable = (deployment: Deployment): number =>
  isRollingUpdate(deployment) && wantedReplicas(deployment) > 0
    ? Math.min(limits(deployment).unavailable, wantedReplicas(deployment))
    : 0;
