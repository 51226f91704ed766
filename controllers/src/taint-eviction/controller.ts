import {
  type Component,
  deepEqual,
  EventRecorder,
  isNotFound,
  keyOf,
  NODES,
  type Pod,
  PODS,
  ReconcileLoop,
  timestamp,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { POD_NODE_INDEXERS, podsOnNode } from '../pods-on-node.ts';
import { evictionTimeMs } from './reconcile.ts';

/** Deletes pods from nodes whose NoExecute taints they do not, or no longer, tolerate. */
export function taintEvictionController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const nodes = informers.informer(NODES);
  const pods = informers.informer(PODS, { indexers: POD_NODE_INDEXERS });
  const recorder = new EventRecorder({ client, runtime, component: 'taint-eviction-controller' });
  const loop = new ReconcileLoop({ name: 'taint-eviction', runtime, workers: 8, reconcile });
  /** Pods whose deletion was announced, to be told of when it is called off. */
  const scheduled = new Set<string>();

  const enqueuePodsOf = (nodeName: string): void => podsOnNode(pods, nodeName).forEach((pod) => loop.add(keyOf(pod)));
  nodes.onChange({
    added: ({ metadata, spec }) => spec.taints === undefined || enqueuePodsOf(metadata.name),
    updated: ({ metadata, spec }, previous) =>
      deepEqual(spec.taints, previous.spec.taints) || enqueuePodsOf(metadata.name),
  });
  const isTainted = ({ spec }: Pod): boolean =>
    (nodes.store.get(spec.nodeName ?? '')?.spec.taints ?? []).some(({ effect }) => effect === 'NoExecute');
  pods.onChange({
    added: (pod) => isTainted(pod) && loop.add(keyOf(pod)),
    updated: (pod, previous) => {
      const isMoved = pod.spec.nodeName !== previous.spec.nodeName;
      const isSame = !isMoved && deepEqual(pod.spec.tolerations, previous.spec.tolerations);
      if (!isSame && isTainted(pod)) loop.add(keyOf(pod));
    },
    deleted: (pod) => scheduled.delete(keyOf(pod)),
  });

  return composeController('taint-eviction', context, [loop], [recorder]);

  async function reconcile(key: string): Promise<void> {
    const pod = pods.store.get(key);
    const node = nodes.store.get(pod?.spec.nodeName ?? '');
    if (pod === undefined || node === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const atMs = evictionTimeMs(pod, node.spec.taints ?? [], clock.now());
    if (atMs === undefined) {
      if (scheduled.delete(key)) {
        recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
      }
    } else if (atMs > clock.now()) {
      scheduled.add(key);
      loop.addAfter(key, atMs - clock.now());
    } else await evict(pod, key);
  }

  async function evict(pod: Pod, key: string): Promise<void> {
    scheduled.delete(key);
    recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
    const { uid } = pod.metadata;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestamp(clock.now()),
    };
    const patch = { metadata: { uid }, status: { conditions: [condition] } };
    try {
      await client.patch(PODS, pod.metadata, 'application/strategic-merge-patch+json', patch, {
        subresource: 'status',
      });
      await client.delete(PODS, pod.metadata, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
