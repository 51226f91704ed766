import {
  type Component,
  deepEqual,
  type Deployment,
  DEPLOYMENTS,
  type Draft,
  EventRecorder,
  isAlreadyExists,
  keyOf,
  labelSelectorMatches,
  NAMESPACE_INDEX,
  type Pod,
  PODS,
  ReconcileLoop,
  REPLICA_SETS,
  type ReplicaSet,
  StatusError,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';
import { OwnWrites } from '../own-writes.ts';
import {
  adoptionPatch,
  claim,
  CONTROLLER_INDEX,
  controllerOf,
  controllerReference,
  ORPHAN_INDEX,
  OWNERSHIP_INDEXERS,
  releasePatch,
} from '../ownership.ts';
import { isPodTerminal } from '../pod-state.ts';
import { deadlineMs, hasProgressDeadline, makeCondition, withCondition } from './conditions.ts';
import { type RolloutPlan, rolloutPlan } from './reconcile.ts';
import { isSameTemplate } from './revision.ts';
import { isRollingUpdate } from './rollout-limits.ts';
import { sizeOf } from './scaling.ts';

const MERGE = 'application/strategic-merge-patch+json';

/**
 * Rolls Deployments out. Simplified: the annotation deprecated.deployment.rollback.to of the removed extensions/v1beta1 API is not
 * followed (`kubectl rollout undo` does not use it).
 */
export function deploymentController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const deployments = informers.informer(DEPLOYMENTS);
  const replicaSets = informers.informer(REPLICA_SETS, { indexers: OWNERSHIP_INDEXERS });
  const pods = informers.informer(PODS, { indexers: OWNERSHIP_INDEXERS });
  const ownSets = new OwnWrites(replicaSets, clock, (each) => controllerOf(each)?.uid ?? '');
  const ownDeployments = new OwnWrites(deployments, clock);
  const recorder = new EventRecorder({ client, runtime, component: 'deployment-controller' });
  const loop = new ReconcileLoop({ name: 'deployment', runtime, workers: 8, reconcile });

  deployments.onChange({
    added: (deployment) => loop.add(keyOf(deployment)),
    updated: (deployment) => ownDeployments.isEcho(deployment) || loop.add(keyOf(deployment)),
  });
  replicaSets.onChange({
    added: enqueueOwner,
    updated: (replicaSet, previous) => {
      if (controllerOf(previous)?.uid !== controllerOf(replicaSet)?.uid) enqueueOwner(previous);
      enqueueOwner(replicaSet);
    },
    deleted: enqueueOwner,
  });
  // Recreate waits for the old pods to be gone.
  pods.onChange({
    updated: (pod, previous) => isPodTerminal(pod) === isPodTerminal(previous) || enqueueRecreate(pod),
    deleted: enqueueRecreate,
  });

  return composeController('deployment', context, [loop], [recorder]);

  function enqueueOwner(replicaSet: ReplicaSet): void {
    const controller = controllerOf(replicaSet);
    const { namespace = '', labels } = replicaSet.metadata;
    if (controller?.kind === DEPLOYMENTS.kind) loop.add(`${namespace}/${controller.name}`);
    else if (controller === undefined) {
      for (const deployment of deployments.store.byIndex(NAMESPACE_INDEX, namespace)) {
        if (labelSelectorMatches(deployment.spec.selector, labels)) loop.add(keyOf(deployment));
      }
    }
  }

  function enqueueRecreate(pod: Pod): void {
    const controller = controllerOf(pod);
    if (controller?.kind !== REPLICA_SETS.kind) return;
    const replicaSet = replicaSets.store.get(`${pod.metadata.namespace}/${controller.name}`);
    const owner = replicaSet === undefined ? undefined : controllerOf(replicaSet);
    if (owner?.kind !== DEPLOYMENTS.kind) return;
    const deployment = deployments.store.get(`${pod.metadata.namespace}/${owner.name}`);
    if (deployment !== undefined && !isRollingUpdate(deployment)) loop.add(keyOf(deployment));
  }

  async function reconcile(key: string): Promise<void> {
    const deployment = ownDeployments.latest(key);
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const { matchLabels = {}, matchExpressions = [] } = deployment.spec.selector;
    if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.';
      recorder.event(deployment, 'Warning', 'SelectingAll', message);
      return;
    }
    const owned = await claimReplicaSets(deployment);
    const plan = rolloutPlan({ deployment, replicaSets: owned, hasRunningPods, nowMs: clock.now() });
    if (plan.create !== undefined && !(await create(deployment, plan.create))) return;
    for (const { from, to } of plan.update) await scale(deployment, from, to);
    await Promise.all(plan.remove.map((each) => ownSets.delete(each, client.delete(REPLICA_SETS, each.metadata))));
    await writeStatus(deployment, plan);
  }

  async function claimReplicaSets(deployment: Deployment): Promise<readonly ReplicaSet[]> {
    const { uid, namespace = '' } = deployment.metadata;
    const candidates = [
      ...ownSets.merge(uid, replicaSets.store.byIndex(CONTROLLER_INDEX, uid)),
      ...replicaSets.store.byIndex(ORPHAN_INDEX, namespace),
    ];
    const claimed = claim(deployment, deployment.spec.selector, candidates);
    for (const stray of claimed.strays) {
      await ownSets.write(client.patch(REPLICA_SETS, stray.metadata, MERGE, releasePatch(stray, uid)));
    }
    if (claimed.orphans.length === 0) return claimed.owned;
    const live = await client.get(DEPLOYMENTS, deployment.metadata);
    if (live.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined) return claimed.owned;
    const adopted: ReplicaSet[] = [];
    for (const orphan of claimed.orphans) {
      const patch = adoptionPatch(orphan, controllerReference(DEPLOYMENTS, deployment));
      adopted.push(await ownSets.write(client.patch(REPLICA_SETS, orphan.metadata, MERGE, patch)));
    }
    return [...claimed.owned, ...adopted];
  }

  function hasRunningPods(sets: readonly ReplicaSet[]): boolean {
    return sets.some(
      (each) =>
        each.status.replicas > 0 ||
        pods.store.byIndex(CONTROLLER_INDEX, each.metadata.uid).some((pod) => !isPodTerminal(pod)),
    );
  }

  /** Creates the ReplicaSet of a new template; false where its namespace takes nothing new. */
  async function create(deployment: Deployment, draft: Draft<ReplicaSet>): Promise<boolean> {
    const name = draft.metadata.name!;
    try {
      await ownSets.write(client.create(REPLICA_SETS, draft));
    } catch (error) {
      if (isNamespaceTerminating(error)) return false;
      if (!(error instanceof StatusError)) throw error;
      if (isAlreadyExists(error)) await resolveCollision(deployment, draft);
      else await tellCreateError(deployment, name, error);
      throw error;
    }
    const size = draft.spec?.replicas ?? 0;
    if (size > 0) {
      recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
    }
    return true;
  }

  /** The name is taken: by our own ReplicaSet that the cache does not show yet, or by another one with the same hash. */
  async function resolveCollision(deployment: Deployment, draft: Draft<ReplicaSet>): Promise<void> {
    const { namespace, name } = draft.metadata;
    const answer = client.get(REPLICA_SETS, { namespace, name: name! });
    const there = await answer;
    const isOurs = controllerOf(there)?.uid === deployment.metadata.uid;
    if (isOurs && isSameTemplate(there.spec.template, deployment.spec.template)) {
      await ownSets.write(answer);
      return;
    }
    // An orphan that fits is about to be adopted.
    const isOrphan = controllerOf(there) === undefined;
    if (isOrphan && labelSelectorMatches(deployment.spec.selector, there.metadata.labels)) return;
    const status = { ...deployment.status, collisionCount: (deployment.status.collisionCount ?? 0) + 1 };
    await ownDeployments.write(client.update(DEPLOYMENTS, { ...deployment, status }, { subresource: 'status' }));
  }

  async function tellCreateError(deployment: Deployment, name: string, error: StatusError): Promise<void> {
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
    if (!hasProgressDeadline(deployment)) return;
    const condition = makeCondition('Progressing', 'False', 'ReplicaSetCreateError', message, clock.now());
    const conditions = [...withCondition(deployment.status.conditions ?? [], condition)];
    if (deepEqual(conditions, deployment.status.conditions)) return;
    const status = { ...deployment.status, conditions };
    await ownDeployments.write(client.update(DEPLOYMENTS, { ...deployment, status }, { subresource: 'status' }));
  }

  async function scale(deployment: Deployment, from: ReplicaSet, to: ReplicaSet): Promise<void> {
    await ownSets.write(client.update(REPLICA_SETS, to));
    if (sizeOf(from) === sizeOf(to)) return;
    const direction = sizeOf(to) > sizeOf(from) ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${from.metadata.name} from ${sizeOf(from)} to ${sizeOf(to)}`;
    recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  async function writeStatus(deployment: Deployment, { annotations, status }: RolloutPlan): Promise<void> {
    const deadline = deadlineMs(deployment, status.conditions ?? []);
    // A second more, since times are kept in whole seconds.
    if (deadline !== undefined && deployment.spec.paused !== true) {
      loop.addAfter(keyOf(deployment), Math.max(1000, deadline + 1000 - clock.now()));
    }
    const isSame =
      deepEqual(status, deployment.status) && deepEqual(annotations, deployment.metadata.annotations ?? {});
    if (isSame) return;
    const metadata = { ...deployment.metadata, annotations: { ...annotations } };
    await ownDeployments.write(
      client.update(DEPLOYMENTS, { ...deployment, metadata, status }, { subresource: 'status' }),
    );
  }
}
