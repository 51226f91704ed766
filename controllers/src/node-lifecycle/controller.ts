import {
  type Component,
  deepEqual,
  EventRecorder,
  isNotFound,
  type Lease,
  LEASES,
  type Node,
  NODES,
  PODS,
  ReconcileLoop,
  timestamp,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { OwnWrites } from '../own-writes.ts';
import { POD_NODE_INDEXERS, podsOnNode } from '../pods-on-node.ts';
import { isPodReady } from '../pod-state.ts';
import { GRACE_MS, readyStatus, silentConditions, STARTUP_GRACE_MS, wantedTaints } from './reconcile.ts';

const LEASE_NAMESPACE = 'kube-node-lease';

/** What is known of a node's signs of life. */
interface Pulse {
  renewTime: string | undefined;
  heartbeat: string | undefined;
  lastSeenMs: number;
  /** True while pods of a node that fell silent are still to be called not ready. */
  owesPods: boolean;
}

/**
 * Watches over the nodes: one that renews neither its Lease nor its status for 50 s becomes Ready=Unknown, its pods not ready, and taints
 * follow its conditions. Simplified: the real one looks every 5 s and limits evictions to one node in 10 s for each zone.
 */
export function nodeLifecycleController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const nodes = informers.informer(NODES);
  const leases = informers.informer(LEASES);
  const pods = informers.informer(PODS, { indexers: POD_NODE_INDEXERS });
  const ownNodes = new OwnWrites(nodes, clock);
  const recorder = new EventRecorder({ client, runtime, component: 'node-controller' });
  const loop = new ReconcileLoop({ name: 'node-lifecycle', runtime, workers: 4, reconcile });
  const pulses = new Map<string, Pulse>();
  let mayEvict = true;

  nodes.onChange({
    added: (node) => {
      const { name } = node.metadata;
      pulses.set(name, { renewTime: undefined, heartbeat: undefined, lastSeenMs: clock.now(), owesPods: false });
      recorder.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
      observe(node);
    },
    updated: (node) => observe(node),
    deleted: (node) => {
      const { name } = node.metadata;
      pulses.delete(name);
      recorder.event(node, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
      weighDisruption();
    },
  });
  leases.onChange({ added: observeLease, updated: observeLease });

  return composeController('node-lifecycle', context, [loop], [recorder]);

  function observe(node: Node): void {
    const pulse = pulses.get(node.metadata.name)!;
    const heartbeat = node.status.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime;
    if (heartbeat !== pulse.heartbeat) beat(pulse, { heartbeat });
    weighDisruption();
    loop.add(node.metadata.name);
  }

  function observeLease({ metadata, spec }: Lease): void {
    const pulse = metadata.namespace === LEASE_NAMESPACE ? pulses.get(metadata.name) : undefined;
    if (pulse !== undefined && spec.renewTime !== pulse.renewTime) beat(pulse, { renewTime: spec.renewTime });
  }

  function beat(pulse: Pulse, sign: Partial<Pulse>): void {
    Object.assign(pulse, sign);
    pulse.lastSeenMs = clock.now();
  }

  /** Where no node at all is ready, nothing is gained by evicting. */
  function weighDisruption(): void {
    const reporting = nodes.store.list().filter((node) => readyStatus(node) !== undefined);
    const next = reporting.length === 0 || reporting.some((node) => readyStatus(node) === 'True');
    if (next === mayEvict) return;
    mayEvict = next;
    for (const node of nodes.store.list()) loop.add(node.metadata.name);
  }

  async function reconcile(name: string): Promise<void> {
    let node = ownNodes.latest(name);
    const pulse = pulses.get(name);
    if (node === undefined || pulse === undefined) return;
    const graceMs = readyStatus(node) === undefined ? STARTUP_GRACE_MS : GRACE_MS;
    const leftMs = pulse.lastSeenMs + graceMs - clock.now();
    const isSilent = readyStatus(node) === 'Unknown';
    if (leftMs > 0) loop.addAfter(name, leftMs);
    else if (!isSilent) node = await silence(node, pulse);
    const taints = wantedTaints(node, mayEvict, clock.now());
    if (!deepEqual(taints, node.spec.taints ?? [])) {
      await ownNodes.write(client.update(NODES, { ...node, spec: { ...node.spec, taints: [...taints] } }));
    }
    if (pulse.owesPods) {
      await Promise.all(podsOnNode(pods, name).filter(isPodReady).map(markNotReady));
      pulse.owesPods = false;
    }
  }

  async function silence(node: Node, pulse: Pulse): Promise<Node> {
    const { name } = node.metadata;
    const wasReady = readyStatus(node) === 'True';
    const status = { ...node.status, conditions: silentConditions(node, clock.now()) };
    const silent = await ownNodes.write(client.update(NODES, { ...node, status }, { subresource: 'status' }));
    // The controller's own write is no sign of life.
    pulse.heartbeat = silent.status.conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime;
    pulse.owesPods = wasReady;
    if (wasReady) recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    return silent;
  }

  async function markNotReady(pod: ReturnType<typeof podsOnNode>[number]): Promise<void> {
    const patch = {
      metadata: { uid: pod.metadata.uid },
      status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(clock.now()) }] },
    };
    try {
      await client.patch(PODS, pod.metadata, 'application/strategic-merge-patch+json', patch, {
        subresource: 'status',
      });
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
