import type { Deployment, ReplicaSet } from '@kubarium/shared';
import { byCreation, DESIRED_REPLICAS, MAX_REPLICAS } from './revision.ts';
import { isRollingUpdate, maxSurge, maxUnavailable, wantedReplicas } from './rollout-limits.ts';

/** New sizes by the ReplicaSet's name; only what a step decided is in it. */
export type Sizes = Map<string, number>;

export const sizeOf = ({ spec }: ReplicaSet): number => spec.replicas ?? 0;
export const sumSizes = (replicaSets: readonly ReplicaSet[]): number =>
  replicaSets.reduce((sum, each) => sum + sizeOf(each), 0);
/** What is available of it for good: its status may still count pods that its last shrinking takes away. */
const available = ({ spec, status }: ReplicaSet): number => Math.min(status.availableReplicas ?? 0, spec.replicas ?? 0);

/** How large the new ReplicaSet may be now: as many as wanted, but all together no more than maxSurge allows. */
export function newReplicaSetSize(deployment: Deployment, current: number, total: number): number {
  const wanted = wantedReplicas(deployment);
  if (!isRollingUpdate(deployment)) return wanted;
  const room = wanted + maxSurge(deployment) - total;
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/**
 * One step of a rolling update's shrinking of the old ReplicaSets: first what is not available anyway, the oldest first, then as much as
 * maxUnavailable allows. Nothing where the new one's unavailable pods already use up the allowance.
 */
export function shrinkOld(deployment: Deployment, fresh: ReplicaSet | undefined, old: readonly ReplicaSet[]): Sizes {
  const sizes: Sizes = new Map();
  const all = fresh === undefined ? old : [...old, fresh];
  const minAvailable = wantedReplicas(deployment) - maxUnavailable(deployment);
  const freshUnavailable = fresh === undefined ? 0 : sizeOf(fresh) - available(fresh);
  const allowed = sumSizes(all) - minAvailable - freshUnavailable;
  if (sumSizes(old) === 0 || allowed <= 0) return sizes;
  const oldestFirst = old.toSorted(byCreation);
  const sizeNow = (each: ReplicaSet): number => sizes.get(each.metadata.name) ?? sizeOf(each);
  let cleaned = 0;
  for (const each of oldestFirst) {
    const down = Math.min(allowed - cleaned, sizeOf(each) - available(each));
    if (down <= 0) continue;
    sizes.set(each.metadata.name, sizeOf(each) - down);
    cleaned += down;
  }
  let left = all.reduce((sum, each) => sum + available(each), 0) - minAvailable;
  for (const each of oldestFirst) {
    const down = Math.min(left, sizeNow(each));
    if (down <= 0) continue;
    sizes.set(each.metadata.name, sizeNow(each) - down);
    left -= down;
  }
  return sizes;
}

/** True where the Deployment's size was changed since its ReplicaSets were last scaled. */
export const isScalingEvent = (deployment: Deployment, replicaSets: readonly ReplicaSet[]): boolean =>
  replicaSets.some((each) => {
    const desired = each.metadata.annotations?.[DESIRED_REPLICAS];
    return sizeOf(each) > 0 && desired !== undefined && Number(desired) !== wantedReplicas(deployment);
  });

/**
 * What a change of size means for the ReplicaSets. One that stands alone gets it all; a finished rollout empties the old ones; in the
 * middle of a rolling update (or paused in it) each gets its share, and what rounding leaves goes to the largest.
 */
export function proportionalSizes(
  deployment: Deployment,
  fresh: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Sizes {
  const wanted = wantedReplicas(deployment);
  const all = fresh === undefined ? [...old] : [...old, fresh];
  const active = all.filter((each) => sizeOf(each) > 0);
  const single = active.length === 0 ? (fresh ?? old.toSorted(byCreation).at(-1)) : active[0]!;
  if (active.length <= 1) return single === undefined ? new Map() : new Map([[single.metadata.name, wanted]]);
  if (fresh !== undefined && isSaturated(deployment, fresh)) {
    return new Map(old.filter((each) => sizeOf(each) > 0).map((each) => [each.metadata.name, 0]));
  }
  if (!isRollingUpdate(deployment)) return new Map();
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - sumSizes(active);
  const ordered = active.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)));
  let added = 0;
  const sizes: Sizes = new Map();
  for (const each of ordered) {
    const share = toAdd === 0 || added === toAdd ? 0 : shareOf(deployment, each, toAdd - added);
    sizes.set(each.metadata.name, sizeOf(each) + share);
    added += share;
  }
  const first = ordered[0]!.metadata.name;
  if (toAdd !== 0) sizes.set(first, Math.max(0, sizes.get(first)! + toAdd - added));
  return sizes;
}

const isSaturated = (deployment: Deployment, fresh: ReplicaSet): boolean =>
  sizeOf(fresh) === wantedReplicas(deployment) &&
  Number(fresh.metadata.annotations?.[DESIRED_REPLICAS]) === wantedReplicas(deployment) &&
  available(fresh) === wantedReplicas(deployment);

/** A ReplicaSet's part of a change, at most `rest`: its size grows as the whole does. */
function shareOf(deployment: Deployment, replicaSet: ReplicaSet, rest: number): number {
  const size = sizeOf(replicaSet);
  const wanted = wantedReplicas(deployment);
  let share = -size;
  if (wanted > 0) {
    const before = Number(replicaSet.metadata.annotations?.[MAX_REPLICAS] ?? deployment.status.replicas ?? 0);
    if (!(before > 0)) return 0;
    share = Math.round((size * (wanted + maxSurge(deployment))) / before) - size;
  }
  return rest > 0 ? Math.min(share, rest) : Math.max(share, rest);
}
