import {
  type ApiObject,
  type Component,
  deepEqual,
  isNotFound,
  type Namespace,
  NAMESPACES,
  PODS,
  ReconcileLoop,
  type Resource,
  StatusError,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { deletionConditions, type Remaining } from './reconcile.ts';

const FINALIZER = 'kubernetes';
/** How soon to look again for what only its own finalizers keep; pods that go are noticed at once. */
const LOOK_AGAIN_MS = 5_000;

/** Empties a namespace that is being deleted, its pods first, and lets it go once nothing is left. */
export function namespaceController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const namespaces = informers.informer(NAMESPACES);
  const pods = informers.informer(PODS);
  const loop = new ReconcileLoop({ name: 'namespace', runtime, workers: 10, reconcile });

  const observe = ({ metadata }: Namespace): void => {
    if (metadata.deletionTimestamp !== undefined) loop.add(metadata.name);
  };
  namespaces.onChange({ added: observe, updated: observe });
  pods.onChange({
    deleted: ({ metadata }) => {
      const namespace = namespaces.store.get(metadata.namespace ?? '');
      if (namespace !== undefined) observe(namespace);
    },
  });

  return composeController('namespace', context, [loop]);

  async function reconcile(name: string): Promise<void> {
    const namespace = await read(name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (!namespace.spec.finalizers?.includes(FINALIZER)) return;
    const failures: string[] = [];
    const tryEmpty = async (resource: Resource): Promise<Remaining> => {
      try {
        return { resource, objects: await empty(resource, name) };
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        failures.push(error.message);
        return { resource, objects: [] };
      }
    };
    // Pods go first: what they use (secrets, policies, accounts) must outlive them (KEP-5080).
    const remaining = [await tryEmpty(PODS)];
    const isEmpty = (): boolean => failures.length === 0 && remaining.every(({ objects }) => objects.length === 0);
    if (isEmpty()) {
      const others = context.resources().filter(({ namespaced, kind }) => namespaced && kind !== PODS.kind);
      remaining.push(...(await Promise.all(others.map(tryEmpty))));
    }
    const current = await writeConditions(namespace, remaining, failures);
    if (isEmpty()) await finalize(current);
    else loop.addAfter(name, LOOK_AGAIN_MS);
  }

  async function read(name: string): Promise<Namespace | undefined> {
    try {
      return await client.get(NAMESPACES, { name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Asks for the deletion of all objects of a resource; answers with what is still there. */
  async function empty(resource: Resource, namespace: string): Promise<readonly ApiObject[]> {
    const { items } = await client.list(resource, { namespace });
    // What dies already need not be told again: a namespace of many pods is looked at often while they go.
    if (items.every(({ metadata }) => metadata.deletionTimestamp !== undefined)) return items;
    try {
      await client.deleteCollection(resource, { namespace }, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 405) throw error;
      for (const { metadata } of items) {
        await client.delete(resource, metadata, { propagationPolicy: 'Background' }).catch(ignoreNotFound);
      }
    }
    return (await client.list(resource, { namespace })).items;
  }

  async function writeConditions(
    namespace: Namespace,
    remaining: readonly Remaining[],
    failures: readonly string[],
  ): Promise<Namespace> {
    const current = namespace.status.conditions ?? [];
    const conditions = deletionConditions(current, { remaining, failures }, runtime.clock.now());
    if (deepEqual(conditions, current)) return namespace;
    const status = { ...namespace.status, conditions };
    return await client.update(NAMESPACES, { ...namespace, status }, { subresource: 'status' });
  }

  async function finalize(namespace: Namespace): Promise<void> {
    const finalizers = (namespace.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
    const released = { ...namespace, spec: { ...namespace.spec, finalizers } };
    await client.update(NAMESPACES, released, { subresource: 'finalize' }).catch(ignoreNotFound);
  }
}

function ignoreNotFound(error: unknown): void {
  if (!isNotFound(error)) throw error;
}
