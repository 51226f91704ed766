import {
  apiVersionOf,
  type Component,
  deepEqual,
  EventRecorder,
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
import { isPodReady, podCondition } from '../pod-state.ts';
import { slowStart } from '../slow-start.ts';
import { podFromTemplate, replicaSetStatus, scalePlan, type ScaleFailure } from './reconcile.ts';

const MERGE = 'application/strategic-merge-patch+json';

/** Keeps `spec.replicas` pods of each ReplicaSet's template alive. */
export function replicaSetController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const pods = informers.informer(PODS, { indexers: OWNERSHIP_INDEXERS });
  const replicaSets = informers.informer(REPLICA_SETS, { indexers: OWNERSHIP_INDEXERS });
  const ownPods = new OwnWrites(pods, clock, (pod) => controllerOf(pod)?.uid ?? '');
  const ownSets = new OwnWrites(replicaSets, clock);
  const recorder = new EventRecorder({ client, runtime, component: 'replicaset-controller' });
  const loop = new ReconcileLoop({ name: 'replica-set', runtime, workers: 8, reconcile });

  replicaSets.onChange({
    added: (replicaSet) => loop.add(keyOf(replicaSet)),
    updated: (replicaSet) => ownSets.isEcho(replicaSet) || loop.add(keyOf(replicaSet)),
    deleted: (replicaSet) => loop.add(keyOf(replicaSet)),
  });
  pods.onChange({
    added: (pod) => enqueueOwner(pod, true),
    updated: (pod, previous) => {
      if (controllerOf(previous)?.uid !== controllerOf(pod)?.uid) enqueueOwner(previous, false);
      else if (!mattersToOwner(pod, previous)) return;
      enqueueOwner(pod, true);
    },
    deleted: (pod) => enqueueOwner(pod, false),
  });

  return composeController('replica-set', context, [loop], [recorder]);

  function enqueueOwner(pod: Pod, mayBeAdopted: boolean): void {
    const controller = controllerOf(pod);
    const { namespace = '' } = pod.metadata;
    if (controller !== undefined) {
      if (controller.kind === REPLICA_SETS.kind && controller.apiVersion === apiVersionOf(REPLICA_SETS)) {
        loop.add(`${namespace}/${controller.name}`);
      }
    } else if (mayBeAdopted && pod.metadata.deletionTimestamp === undefined) {
      for (const replicaSet of replicaSets.store.byIndex(NAMESPACE_INDEX, namespace)) {
        if (labelSelectorMatches(replicaSet.spec.selector, pod.metadata.labels)) loop.add(keyOf(replicaSet));
      }
    }
  }

  async function reconcile(key: string): Promise<void> {
    const replicaSet = ownSets.latest(key);
    if (replicaSet === undefined) return;
    let owned = await claimPods(replicaSet);
    let failure: ScaleFailure | undefined;
    if (replicaSet.metadata.deletionTimestamp === undefined) {
      const plan = scalePlan(replicaSet, owned, () => relatedPods(replicaSet, owned), clock.now());
      failure = (await createPods(replicaSet, plan.create)) ?? (await deletePods(replicaSet, plan.remove));
      if (plan.create + plan.remove.length > 0) owned = ownedPods(replicaSet);
      if (plan.isPartial && failure === undefined) loop.add(key);
    }
    await writeStatus(replicaSet, owned, failure);
    if (failure !== undefined) throw new StatusError({ code: 500, reason: failure.reason, message: failure.message });
  }

  function ownedPods({ metadata, spec }: ReplicaSet): readonly Pod[] {
    return ownPods
      .merge(metadata.uid, pods.store.byIndex(CONTROLLER_INDEX, metadata.uid))
      .filter((pod) => labelSelectorMatches(spec.selector, pod.metadata.labels));
  }

  async function claimPods(replicaSet: ReplicaSet): Promise<readonly Pod[]> {
    const { uid, namespace = '' } = replicaSet.metadata;
    const owned = ownPods.merge(uid, pods.store.byIndex(CONTROLLER_INDEX, uid));
    const candidates = [...owned, ...pods.store.byIndex(ORPHAN_INDEX, namespace)];
    const claimed = claim(replicaSet, replicaSet.spec.selector, candidates);
    for (const pod of claimed.strays) {
      await ownPods.write(client.patch(PODS, pod.metadata, MERGE, releasePatch(pod, uid)));
    }
    if (claimed.orphans.length === 0) return claimed.owned;
    const live = await client.get(REPLICA_SETS, replicaSet.metadata);
    if (live.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined) return claimed.owned;
    const adopted: Pod[] = [];
    for (const pod of claimed.orphans) {
      const patch = adoptionPatch(pod, controllerReference(REPLICA_SETS, replicaSet));
      adopted.push(await ownPods.write(client.patch(PODS, pod.metadata, MERGE, patch)));
    }
    return [...claimed.owned, ...adopted];
  }

  /** All pods of the ReplicaSets that share this one's owner: a scale-down spreads the whole workload over the nodes. */
  function relatedPods(replicaSet: ReplicaSet, owned: readonly Pod[]): readonly Pod[] {
    const owner = controllerOf(replicaSet);
    if (owner === undefined) return owned;
    return replicaSets.store
      .byIndex(CONTROLLER_INDEX, owner.uid)
      .flatMap((sibling) => pods.store.byIndex(CONTROLLER_INDEX, sibling.metadata.uid));
  }

  async function createPods(replicaSet: ReplicaSet, count: number): Promise<ScaleFailure | undefined> {
    if (count === 0 || replicaSet.spec.template === undefined) return undefined;
    const draft = podFromTemplate(replicaSet, replicaSet.spec.template);
    const { error } = await slowStart(count, async () => {
      const pod = await ownPods.write(client.create(PODS, draft));
      recorder.event(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    });
    return error === undefined ? undefined : report(replicaSet, 'FailedCreate', 'Error creating', error);
  }

  async function deletePods(replicaSet: ReplicaSet, doomed: readonly Pod[]): Promise<ScaleFailure | undefined> {
    const results = await Promise.allSettled(
      doomed.map(async (pod) => {
        const { uid } = pod.metadata;
        await ownPods.delete(pod, client.delete(PODS, pod.metadata, { preconditions: { uid } }));
        recorder.event(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed === undefined ? undefined : report(replicaSet, 'FailedDelete', 'Error deleting', failed.reason);
  }

  /** Tells of a failure; undefined where it is none: a namespace that goes takes no new pods. */
  function report(
    replicaSet: ReplicaSet,
    reason: ScaleFailure['reason'],
    prefix: string,
    error: unknown,
  ): ScaleFailure | undefined {
    if (!(error instanceof StatusError)) throw error;
    if (isNamespaceTerminating(error)) return undefined;
    recorder.event(replicaSet, 'Warning', reason, `${prefix}: ${error.message}`);
    return { reason, message: error.message };
  }

  async function writeStatus(
    replicaSet: ReplicaSet,
    owned: readonly Pod[],
    failure: ScaleFailure | undefined,
  ): Promise<void> {
    const nowMs = clock.now();
    const { status, nextCheckMs } = replicaSetStatus(replicaSet, owned, failure, nowMs);
    if (nextCheckMs !== undefined) loop.addAfter(keyOf(replicaSet), nextCheckMs - nowMs);
    const current = ownSets.latest(keyOf(replicaSet));
    if (current === undefined || deepEqual(status, current.status)) return;
    await ownSets.write(client.update(REPLICA_SETS, { ...current, status }, { subresource: 'status' }));
  }
}

/** True where a change of a pod can change its ReplicaSet's work or status. */
function mattersToOwner(pod: Pod, previous: Pod): boolean {
  const ready = podCondition(pod, 'Ready');
  return (
    pod.status.phase !== previous.status.phase ||
    isPodReady(pod) !== isPodReady(previous) ||
    ready?.lastTransitionTime !== podCondition(previous, 'Ready')?.lastTransitionTime ||
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    !deepEqual(pod.metadata.labels, previous.metadata.labels)
  );
}
