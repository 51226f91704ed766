import {
  type ApiObject,
  type Component,
  deepEqual,
  EventRecorder,
  isNotFound,
  type OwnerReference,
  ReconcileLoop,
  type Resource,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { type Item, OwnerGraph } from './owner-graph.ts';
import {
  FOREGROUND,
  isBlocking,
  isDeletingDependents,
  isOrphaningDependents,
  ORPHAN,
  type Owner,
  type OwnerState,
  verdict,
  withoutBlocking,
  withoutFinalizer,
  withoutOwners,
} from './reconcile.ts';

const MERGE = 'application/merge-patch+json';

/**
 * Deletes what no owner keeps any more, deletes dependents before their owner (foreground), or sets them free (orphan), along
 * `metadata.ownerReferences`. Simplified: it follows the resources that are served when it starts; the real one looks anew every 30 s.
 */
export function garbageCollector(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  // Events are many, short-lived and owned by nobody.
  const graph = new OwnerGraph(
    informers,
    context.resources().filter(({ resource }) => resource !== 'events'),
  );
  const recorder = new EventRecorder({ client, runtime, component: 'garbage-collector-controller' });
  const loop = new ReconcileLoop({ name: 'garbage-collector', runtime, workers: 16, reconcile });
  /** Owners that are known to be gone: a uid never comes back. */
  const absent = new Set<string>();

  const add = ({ resource, object }: Item): void => loop.add(graph.keyOf(resource, object));
  graph.onChange((resource, object, previous, isGone) => {
    const references = object.metadata.ownerReferences ?? [];
    if (isGone) graph.dependentsOf(object.metadata.uid).forEach(add);
    else if (isDeletingDependents(object) || isOrphaningDependents(object)) add({ resource, object });
    else if (previous === undefined || !deepEqual(references, previous.metadata.ownerReferences ?? [])) {
      const isInDoubt = references.some((reference) => stateInCache(reference, object) !== 'solid');
      if (isInDoubt) add({ resource, object });
    }
    for (const reference of new Set([...references, ...(previous?.metadata.ownerReferences ?? [])])) {
      const owner = graph.cachedOwner(reference, object.metadata.namespace);
      if (owner !== undefined && isDeletingDependents(owner.object)) add(owner);
    }
  });

  return composeController('garbage-collector', context, [loop], [recorder]);

  async function reconcile(key: string): Promise<void> {
    const item = graph.get(key);
    if (item === undefined) return;
    const { resource, object } = item;
    if (isOrphaningDependents(object)) await orphanDependents(item);
    else if (isDeletingDependents(object)) await deleteDependents(item);
    else if (object.metadata.deletionTimestamp === undefined && object.metadata.ownerReferences?.length) {
      const live = await read(resource, object);
      if (live !== undefined) await judge({ resource, object: live });
    }
  }

  /** The object as the API has it now; undefined where it, and not another of its name, is gone. */
  async function read(resource: Resource, { metadata }: ApiObject): Promise<ApiObject | undefined> {
    try {
      const live = await client.get(resource, metadata);
      return live.metadata.uid === metadata.uid ? live : undefined;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function judge({ resource, object }: Item): Promise<void> {
    const { metadata } = object;
    if (metadata.deletionTimestamp !== undefined) return;
    const owners = await Promise.all(
      (metadata.ownerReferences ?? []).map(async (reference): Promise<Owner> => ({
        reference,
        state: await stateOf(reference, object),
      })),
    );
    const dependents = graph.dependentsOf(metadata.uid);
    const due = verdict(object, owners, dependents.length > 0);
    try {
      // An owner that waits for this one, which would wait for a dependent that waits, too: somebody has to let go of a circle.
      if (
        due.kind === 'delete' &&
        due.propagationPolicy === 'Foreground' &&
        metadata.ownerReferences?.some(({ blockOwnerDeletion }) => blockOwnerDeletion === true) &&
        dependents.some((dependent) => isDeletingDependents(dependent.object))
      ) {
        const unblocked = await client.patch(resource, metadata, MERGE, withoutBlocking(object));
        return await judge({ resource, object: unblocked });
      }
      if (due.kind === 'release') await client.patch(resource, metadata, MERGE, withoutOwners(object, due.uids));
      else if (due.kind === 'delete') {
        const { uid, resourceVersion } = metadata;
        const { propagationPolicy } = due;
        await client.delete(resource, metadata, { propagationPolicy, preconditions: { uid, resourceVersion } });
      }
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  function stateInCache(reference: OwnerReference, { metadata }: ApiObject): OwnerState | undefined {
    if (absent.has(reference.uid)) return 'absent';
    const owner = graph.cachedOwner(reference, metadata.namespace);
    if (owner === undefined) return undefined;
    return isDeletingDependents(owner.object) ? 'waiting' : 'solid';
  }

  async function stateOf(reference: OwnerReference, object: ApiObject): Promise<OwnerState> {
    const known = stateInCache(reference, object);
    if (known !== undefined) return known;
    const resource = graph.resourceOf(reference);
    // Nothing can be said of a kind that is not served: its objects may come back with it.
    if (resource === undefined) return 'solid';
    const { namespace } = object.metadata;
    if (resource.namespaced && namespace === undefined) {
      tellInvalidReference(reference, object);
      return 'solid';
    }
    const { name, uid } = reference;
    const target = { name, ...(resource.namespaced ? { namespace } : {}), uid };
    const live = await read(resource, { metadata: target } as ApiObject);
    if (live !== undefined) return isDeletingDependents(live) ? 'waiting' : 'solid';
    const elsewhere = graph.find(resource, uid);
    if (elsewhere !== undefined && elsewhere.metadata.namespace !== namespace) tellInvalidReference(reference, object);
    absent.add(uid);
    return 'absent';
  }

  function tellInvalidReference({ apiVersion, kind, name, uid }: OwnerReference, object: ApiObject): void {
    const { namespace = '' } = object.metadata;
    const message = `ownerRef [${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}] does not exist in namespace "${namespace}"`;
    recorder.event(object, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  async function orphanDependents({ resource, object }: Item): Promise<void> {
    const { uid } = object.metadata;
    await Promise.all(
      graph.dependentsOf(uid).map(async (dependent) => {
        try {
          await client.patch(
            dependent.resource,
            dependent.object.metadata,
            MERGE,
            withoutOwners(dependent.object, new Set([uid])),
          );
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    await removeFinalizer(resource, object, ORPHAN);
  }

  async function deleteDependents({ resource, object }: Item): Promise<void> {
    const { uid } = object.metadata;
    const dependents = graph.dependentsOf(uid);
    const blocking = dependents.filter((dependent) => isBlocking(dependent.object, uid));
    if (blocking.length === 0) await removeFinalizer(resource, object, FOREGROUND);
    for (const dependent of dependents) {
      if (dependent.object.metadata.deletionTimestamp === undefined) add(dependent);
    }
  }

  async function removeFinalizer(resource: Resource, object: ApiObject, finalizer: string): Promise<void> {
    const live = await read(resource, object);
    if (live?.metadata.finalizers?.includes(finalizer) !== true) return;
    await client.patch(resource, live.metadata, MERGE, withoutFinalizer(live, finalizer));
  }
}
