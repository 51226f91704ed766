import { type Component, isNotFound, NODES, type Pod, PODS, ReconcileLoop, timestamp } from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isPodTerminal } from '../pod-state.ts';
import { POD_NODE_INDEXERS, podsOnNode } from '../pods-on-node.ts';

/** How long a node must be missing before its pods are: it may come back under its name. */
const QUARANTINE_MS = 40_000;

/**
 * Deletes pods that are bound to a node which does not exist. Simplified: finished pods beyond 12,500 and pods of nodes tainted
 * out-of-service are not collected, as the real one does.
 */
export function podGarbageCollector(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const nodes = informers.informer(NODES);
  const pods = informers.informer(PODS, { indexers: POD_NODE_INDEXERS });
  const loop = new ReconcileLoop({ name: 'pod-garbage-collector', runtime, reconcile });

  const observe = ({ spec }: Pod): void => {
    const { nodeName = '' } = spec;
    if (nodeName !== '' && nodes.store.get(nodeName) === undefined) loop.addAfter(nodeName, QUARANTINE_MS);
  };
  pods.onChange({ added: observe, updated: observe });
  nodes.onChange({ deleted: ({ metadata }) => loop.addAfter(metadata.name, QUARANTINE_MS) });

  return composeController('pod-garbage-collector', context, [loop]);

  async function reconcile(nodeName: string): Promise<void> {
    const lost = podsOnNode(pods, nodeName);
    if (lost.length === 0 || nodes.store.get(nodeName) !== undefined || (await exists(nodeName))) return;
    await Promise.all(lost.map(collect));
  }

  /** Asks the API itself: deleting pods on a stale cache's word would be wrong for good. */
  async function exists(name: string): Promise<boolean> {
    try {
      await client.get(NODES, { name });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async function collect(pod: Pod): Promise<void> {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
      lastTransitionTime: timestamp(runtime.clock.now()),
    };
    const { uid } = pod.metadata;
    try {
      if (!isPodTerminal(pod)) {
        const patch = { metadata: { uid }, status: { phase: 'Failed', conditions: [condition] } };
        await client.patch(PODS, pod.metadata, 'application/strategic-merge-patch+json', patch, {
          subresource: 'status',
        });
      }
      await client.delete(PODS, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
