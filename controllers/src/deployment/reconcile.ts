import { type Deployment, DEPLOYMENTS, type DeploymentStatus, type Draft, type ReplicaSet } from '@kubarium/shared';
import { controllerReference } from '../ownership.ts';
import { findCondition, hasProgressDeadline, makeCondition, withCondition } from './conditions.ts';
import { countedStatus, isComplete, withProgress } from './deployment-status.ts';
import {
  type Annotations,
  DESIRED_REPLICAS,
  findNewReplicaSet,
  MAX_REPLICAS,
  newReplicaSetAnnotations,
  REVISION,
  revisionOf,
  TEMPLATE_HASH,
} from './revision.ts';
import { isRollingUpdate, maxSurge, wantedReplicas } from './rollout-limits.ts';
import {
  isScalingEvent,
  newReplicaSetSize,
  proportionalSizes,
  shrinkOld,
  sizeOf,
  type Sizes,
  sumSizes,
} from './scaling.ts';
import { templateHash } from './template-hash.ts';

export interface RolloutInput {
  readonly deployment: Deployment;
  /** All that it owns. */
  readonly replicaSets: readonly ReplicaSet[];
  /** True where any of these still has pods that run. */
  hasRunningPods(replicaSets: readonly ReplicaSet[]): boolean;
  readonly nowMs: number;
}

export interface RolloutPlan {
  /** The ReplicaSet of a new template. */
  readonly create: Draft<ReplicaSet> | undefined;
  /** ReplicaSets to write: scaled, or with new annotations. */
  readonly update: readonly { readonly from: ReplicaSet; readonly to: ReplicaSet }[];
  /** Old ones beyond the history limit. */
  readonly remove: readonly ReplicaSet[];
  /** What the Deployment is to say of itself. */
  readonly annotations: Annotations;
  readonly status: DeploymentStatus;
}

interface Step {
  /** Size of the ReplicaSet to create; undefined where none is due. */
  readonly createSize?: number;
  readonly sizes: Sizes;
}

/** One step of a Deployment towards its template and size, out of what there is (kubernetes/pkg/controller/deployment). */
export function rolloutPlan(input: RolloutInput): RolloutPlan {
  const { deployment, replicaSets, nowMs } = input;
  const isPaused = deployment.spec.paused === true;
  const existing = findNewReplicaSet(deployment, replicaSets);
  const old = replicaSets.filter((each) => each !== existing);
  const isScaling = isPaused || isScalingEvent(deployment, replicaSets);
  const step = isScaling ? { sizes: proportionalSizes(deployment, existing, old) } : rolloutStep(input, existing, old);

  const revision = old.map(revisionOf).reduce((highest, each) => (each > highest ? each : highest), 0n) + 1n;
  const create = step.createSize === undefined ? undefined : newReplicaSet(deployment, revision, step.createSize);
  const update = replicaSets.flatMap((from) => {
    const to = written(deployment, from, step.sizes.get(from.metadata.name), from === existing ? revision : undefined);
    return to === from ? [] : [{ from, to }];
  });
  const current =
    create ?? update.find(({ from }) => from === existing)?.to ?? (existing as Draft<ReplicaSet> | undefined);
  const shown = current?.metadata.annotations?.[REVISION];
  const annotations = { ...deployment.metadata.annotations, ...(shown === undefined ? {} : { [REVISION]: shown }) };

  const fresh = create === undefined ? existing : asReplicaSet(create);
  const all = create === undefined ? replicaSets : [...replicaSets, fresh!];
  let conditions = pauseConditions(deployment, nowMs);
  if (current !== undefined && hasProgressDeadline(deployment)) {
    const name = current.metadata.name ?? '';
    if (create !== undefined) {
      const message = `Created new replica set "${name}"`;
      conditions = withCondition(
        conditions,
        makeCondition('Progressing', 'True', 'NewReplicaSetCreated', message, nowMs),
      );
    } else if (findCondition(conditions, 'Progressing') === undefined) {
      const message = `Found new replica set "${name}"`;
      conditions = withCondition(
        conditions,
        makeCondition('Progressing', 'True', 'FoundNewReplicaSet', message, nowMs),
      );
    }
  }
  const counted = countedStatus(deployment, fresh, all, conditions, nowMs);
  const status = isScaling ? counted : withProgress(deployment, fresh, all, counted, nowMs);
  const isDone = isPaused || (!isScaling && isComplete(deployment, deployment.status));
  return { create, update, remove: isDone ? beyondHistory(deployment, old) : [], annotations, status };
}

function rolloutStep(input: RolloutInput, existing: ReplicaSet | undefined, old: readonly ReplicaSet[]): Step {
  const { deployment, replicaSets } = input;
  const wanted = wantedReplicas(deployment);
  if (!isRollingUpdate(deployment)) {
    const emptied = new Map(old.filter((each) => sizeOf(each) > 0).map((each) => [each.metadata.name, 0]));
    if (emptied.size > 0 || input.hasRunningPods(old)) return { sizes: emptied };
    if (existing === undefined) return { createSize: wanted, sizes: new Map() };
    return { sizes: resized(existing, wanted) };
  }
  const total = sumSizes(replicaSets);
  if (existing === undefined) {
    const createSize = newReplicaSetSize(deployment, 0, total);
    return { createSize, sizes: shrinkOld(deployment, asReplicaSet(newReplicaSet(deployment, 0n, createSize)), old) };
  }
  const size = sizeOf(existing);
  const next = size > wanted ? wanted : newReplicaSetSize(deployment, size, total);
  // One direction a pass: what grows must be seen before anything shrinks.
  return { sizes: size === next ? shrinkOld(deployment, existing, old) : resized(existing, next) };
}

const resized = (replicaSet: ReplicaSet, size: number): Sizes =>
  size === sizeOf(replicaSet) ? new Map() : new Map([[replicaSet.metadata.name, size]]);

const sizeAnnotations = (deployment: Deployment): Annotations => ({
  [DESIRED_REPLICAS]: String(wantedReplicas(deployment)),
  [MAX_REPLICAS]: String(wantedReplicas(deployment) + maxSurge(deployment)),
});

/** The ReplicaSet as it is to be written; the same object where nothing changes. `revision` is given for the new one only. */
function written(
  deployment: Deployment,
  replicaSet: ReplicaSet,
  size: number | undefined,
  revision: bigint | undefined,
): ReplicaSet {
  const before = replicaSet.metadata.annotations ?? {};
  let annotations: Annotations =
    revision === undefined ? before : newReplicaSetAnnotations(deployment, before, revision);
  if (size !== undefined) annotations = { ...annotations, ...sizeAnnotations(deployment) };
  const minReadySeconds = revision === undefined ? replicaSet.spec.minReadySeconds : deployment.spec.minReadySeconds;
  const isSame =
    Object.entries(annotations).every(([key, value]) => before[key] === value) &&
    (size ?? sizeOf(replicaSet)) === sizeOf(replicaSet) &&
    (minReadySeconds ?? 0) === (replicaSet.spec.minReadySeconds ?? 0);
  if (isSame) return replicaSet;
  return {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations: { ...annotations } },
    spec: {
      ...replicaSet.spec,
      replicas: size ?? sizeOf(replicaSet),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    },
  };
}

function newReplicaSet(deployment: Deployment, revision: bigint, replicas: number): Draft<ReplicaSet> {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status.collisionCount);
  const { creationTimestamp: _created, ...metadata } = template.metadata ?? {};
  const labels = { ...metadata.labels, [TEMPLATE_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...newReplicaSetAnnotations(deployment, {}, revision), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...metadata, labels } },
    },
  };
}

/** A ReplicaSet that is about to be made, as the arithmetic sees it. */
const asReplicaSet = (draft: Draft<ReplicaSet>): ReplicaSet =>
  ({ ...draft, status: { replicas: 0 } }) as unknown as ReplicaSet;

/** Tells of the pause and of its end, so that a paused rollout is not called late. */
function pauseConditions(deployment: Deployment, nowMs: number) {
  const conditions = deployment.status.conditions ?? [];
  const reason = findCondition(conditions, 'Progressing')?.reason;
  if (!hasProgressDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return conditions;
  const isPaused = deployment.spec.paused === true;
  if (isPaused === (reason === 'DeploymentPaused')) return conditions;
  const next = isPaused
    ? makeCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', nowMs)
    : makeCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', nowMs);
  return withCondition(conditions, next);
}

/** Old, empty ReplicaSets beyond revisionHistoryLimit, the oldest revisions first. */
function beyondHistory(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  const living = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = Math.max(0, living.length - limit);
  return living
    .toSorted((a, b) => Number(revisionOf(a) - revisionOf(b)))
    .slice(0, surplus)
    .filter(
      (each) =>
        sizeOf(each) === 0 &&
        each.status.replicas === 0 &&
        (each.metadata.generation ?? 0) <= (each.status.observedGeneration ?? 0),
    );
}
