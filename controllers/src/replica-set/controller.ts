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
import { podFromTemplate, replicaStatus, scalePlan, type ScaleFailure } from './reconcile.ts';
import { REPLICA_SET, REPLICATION_CONTROLLER, type ReplicaKind, type ReplicaOwner } from './replica-owner.ts';

const MERGE = 'application/strategic-merge-patch+json';

/** Keeps `spec.replicas` pods of each ReplicaSet's template alive. */
export const replicaSetController = (context: ControllerContext): Component => replicaController(context, REPLICA_SET);

/** The same for ReplicationControllers. */
export const replicationController = (context: ControllerContext): Component =>
  replicaController(context, REPLICATION_CONTROLLER);

function replicaController(context: ControllerContext, kind: ReplicaKind): Component {
  const { resource, selectorOf } = kind;
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const pods = informers.informer(PODS, { indexers: OWNERSHIP_INDEXERS });
  const owners = informers.informer(resource, { indexers: OWNERSHIP_INDEXERS });
  const ownPods = new OwnWrites(pods, clock, (pod) => controllerOf(pod)?.uid ?? '');
  const ownOwners = new OwnWrites(owners, clock);
  const recorder = new EventRecorder({ client, runtime, component: kind.component });
  const loop = new ReconcileLoop({ name: kind.name, runtime, workers: 8, reconcile });

  owners.onChange({
    added: (owner) => loop.add(keyOf(owner)),
    updated: (owner) => ownOwners.isEcho(owner) || loop.add(keyOf(owner)),
    deleted: (owner) => loop.add(keyOf(owner)),
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

  return composeController(kind.name, context, [loop], [recorder]);

  function enqueueOwner(pod: Pod, mayBeAdopted: boolean): void {
    const controller = controllerOf(pod);
    const { namespace = '' } = pod.metadata;
    if (controller !== undefined) {
      if (controller.kind === resource.kind && controller.apiVersion === apiVersionOf(resource)) {
        loop.add(`${namespace}/${controller.name}`);
      }
    } else if (mayBeAdopted && pod.metadata.deletionTimestamp === undefined) {
      for (const owner of owners.store.byIndex(NAMESPACE_INDEX, namespace)) {
        if (labelSelectorMatches(selectorOf(owner), pod.metadata.labels)) loop.add(keyOf(owner));
      }
    }
  }

  async function reconcile(key: string): Promise<void> {
    const owner = ownOwners.latest(key);
    if (owner === undefined) return;
    let owned = await claimPods(owner);
    let failure: ScaleFailure | undefined;
    if (owner.metadata.deletionTimestamp === undefined) {
      const plan = scalePlan(owner, owned, () => relatedPods(owner, owned), clock.now());
      failure = (await createPods(owner, plan.create)) ?? (await deletePods(owner, plan.remove));
      if (plan.create + plan.remove.length > 0) owned = ownedPods(owner);
      if (plan.isPartial && failure === undefined) loop.add(key);
    }
    await writeStatus(owner, owned, failure);
    if (failure !== undefined) throw new StatusError({ code: 500, reason: failure.reason, message: failure.message });
  }

  function ownedPods(owner: ReplicaOwner): readonly Pod[] {
    const { uid } = owner.metadata;
    return ownPods
      .merge(uid, pods.store.byIndex(CONTROLLER_INDEX, uid))
      .filter((pod) => labelSelectorMatches(selectorOf(owner), pod.metadata.labels));
  }

  async function claimPods(owner: ReplicaOwner): Promise<readonly Pod[]> {
    const { uid, namespace = '' } = owner.metadata;
    const owned = ownPods.merge(uid, pods.store.byIndex(CONTROLLER_INDEX, uid));
    const candidates = [...owned, ...pods.store.byIndex(ORPHAN_INDEX, namespace)];
    const claimed = claim(owner, selectorOf(owner), candidates);
    for (const pod of claimed.strays) {
      await ownPods.write(client.patch(PODS, pod.metadata, MERGE, releasePatch(pod, uid)));
    }
    if (claimed.orphans.length === 0) return claimed.owned;
    const live = await client.get(resource, owner.metadata);
    if (live.metadata.uid !== uid || live.metadata.deletionTimestamp !== undefined) return claimed.owned;
    const adopted: Pod[] = [];
    for (const pod of claimed.orphans) {
      const patch = adoptionPatch(pod, controllerReference(resource, owner));
      adopted.push(await ownPods.write(client.patch(PODS, pod.metadata, MERGE, patch)));
    }
    return [...claimed.owned, ...adopted];
  }

  /** All pods of the ReplicaSets that share this one's owner: a scale-down spreads the whole workload over the nodes. */
  function relatedPods(owner: ReplicaOwner, owned: readonly Pod[]): readonly Pod[] {
    const controller = controllerOf(owner);
    if (controller === undefined) return owned;
    return owners.store
      .byIndex(CONTROLLER_INDEX, controller.uid)
      .flatMap((sibling) => pods.store.byIndex(CONTROLLER_INDEX, sibling.metadata.uid));
  }

  async function createPods(owner: ReplicaOwner, count: number): Promise<ScaleFailure | undefined> {
    if (count === 0 || owner.spec.template === undefined) return undefined;
    const draft = podFromTemplate(owner, resource, owner.spec.template);
    const { error } = await slowStart(count, async () => {
      const pod = await ownPods.write(client.create(PODS, draft));
      recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    });
    return error === undefined ? undefined : report(owner, 'FailedCreate', 'Error creating', error);
  }

  async function deletePods(owner: ReplicaOwner, doomed: readonly Pod[]): Promise<ScaleFailure | undefined> {
    const results = await Promise.allSettled(
      doomed.map(async (pod) => {
        const { uid } = pod.metadata;
        await ownPods.delete(pod, client.delete(PODS, pod.metadata, { preconditions: { uid } }));
        recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed === undefined ? undefined : report(owner, 'FailedDelete', 'Error deleting', failed.reason);
  }

  /** Tells of a failure; undefined where it is none: a namespace that goes takes no new pods. */
  function report(
    owner: ReplicaOwner,
    reason: ScaleFailure['reason'],
    prefix: string,
    error: unknown,
  ): ScaleFailure | undefined {
    if (!(error instanceof StatusError)) throw error;
    if (isNamespaceTerminating(error)) return undefined;
    recorder.event(owner, 'Warning', reason, `${prefix}: ${error.message}`);
    return { reason, message: error.message };
  }

  async function writeStatus(
    owner: ReplicaOwner,
    owned: readonly Pod[],
    failure: ScaleFailure | undefined,
  ): Promise<void> {
    const nowMs = clock.now();
    const { status, nextCheckMs } = replicaStatus(owner, owned, {
      failure,
      nowMs,
      countsTerminating: kind.countsTerminating,
    });
    if (nextCheckMs !== undefined) loop.addAfter(keyOf(owner), nextCheckMs - nowMs);
    const current = ownOwners.latest(keyOf(owner));
    if (current === undefined || deepEqual(status, current.status)) return;
    await ownOwners.write(client.update(resource, { ...current, status }, { subresource: 'status' }));
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
