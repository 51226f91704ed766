import { type Component, EventRecorder, type Node, NODES, ReconcileLoop } from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { CidrPool } from './cidr-pool.ts';

/** How long a node that found no network waits for one; whoever leaves gives one back. */
const RETRY_MS = 30_000;

/** Gives each node its part of the pod network, in `spec.podCIDR`. */
export function nodeIpamController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const nodes = informers.informer(NODES);
  const pool = new CidrPool(context.podNetwork, context.nodeNetworkPrefix);
  const recorder = new EventRecorder({ client, runtime, component: 'cidrAllocator' });
  const loop = new ReconcileLoop({ name: 'node-ipam', runtime, reconcile });

  const observe = ({ metadata, spec }: Node): void => {
    if (spec.podCIDR !== undefined && spec.podCIDR !== '') pool.occupy(spec.podCIDR, metadata.name);
    else loop.add(metadata.name);
  };
  nodes.onChange({ added: observe, updated: observe, deleted: ({ metadata }) => pool.release(metadata.name) });

  return composeController('node-ipam', context, [loop], [recorder]);

  async function reconcile(name: string): Promise<void> {
    const node = nodes.store.get(name);
    if (node === undefined || (node.spec.podCIDR ?? '') !== '') return;
    const cidr = pool.allocate(name);
    if (cidr === undefined) {
      recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      loop.addAfter(name, RETRY_MS);
      return;
    }
    const patch = { spec: { podCIDR: cidr, podCIDRs: [cidr] }, metadata: { uid: node.metadata.uid } };
    await client.patch(NODES, { name }, 'application/strategic-merge-patch+json', patch);
  }
}
