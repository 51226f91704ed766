import {
  type Component,
  ENDPOINT_SLICES,
  type EndpointSlice,
  EventRecorder,
  keyOf,
  type Node,
  NODES,
  PODS,
  ReconcileLoop,
  type Service,
  SERVICES,
  StatusError,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';
import { OwnWrites } from '../own-writes.ts';
import { POD_NODE_INDEXERS, podsOnNode } from '../pods-on-node.ts';
import { ServicePods } from '../service-pods.ts';
import { TriggerTimeTracker } from '../trigger-time.ts';
import { isTopologyAware } from './hints.ts';
import { CONTROLLER_NAME, MANAGED_BY, SERVICE_NAME, slicePlan } from './reconcile.ts';
import { isSameToZones, zoneShares, type ZoneShares } from './zone-allocation.ts';

const SERVICE_INDEX = 'service';

/** The Service's key that a slice belongs to, where this controller made the slice. */
const serviceKeyOf = ({ metadata: { namespace, labels } }: EndpointSlice): string | undefined =>
  labels?.[MANAGED_BY] === CONTROLLER_NAME && labels[SERVICE_NAME] !== undefined
    ? `${namespace}/${labels[SERVICE_NAME]}`
    : undefined;

const SLICE_INDEXERS = {
  [SERVICE_INDEX]: (slice: EndpointSlice): readonly string[] => {
    const key = serviceKeyOf(slice);
    return key === undefined ? [] : [key];
  },
};

const TOPOLOGY_INDEX = 'topology';
const SERVICE_INDEXERS = {
  [TOPOLOGY_INDEX]: (service: Service): readonly string[] => (isTopologyAware(service) ? ['Auto'] : []),
};

/** Keeps the EndpointSlices of every Service that has a selector. */
export function endpointSliceController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const servicePods = new ServicePods(informers);
  informers.informer(PODS, { indexers: POD_NODE_INDEXERS });
  informers.informer(SERVICES, { indexers: SERVICE_INDEXERS });
  const nodes = informers.informer(NODES);
  const slices = informers.informer(ENDPOINT_SLICES, { indexers: SLICE_INDEXERS });
  const ownSlices = new OwnWrites(slices, runtime.clock, (slice) => serviceKeyOf(slice) ?? '');
  const triggerTimes = new TriggerTimeTracker(servicePods);
  const recorder = new EventRecorder({ client, runtime, component: 'endpoint-slice-controller' });
  const loop = new ReconcileLoop({ name: 'endpoint-slice', runtime, workers: 8, reconcile });

  const enqueue = (object: Parameters<typeof keyOf>[0]): void => loop.add(keyOf(object));
  servicePods.services.onChange({ added: enqueue, updated: enqueue, deleted: enqueue });
  servicePods.onPodChange(enqueue);
  const enqueueOfSlice = (slice: EndpointSlice): void => {
    const key = serviceKeyOf(slice);
    if (key !== undefined && !ownSlices.isEcho(slice)) loop.add(key);
  };
  slices.onChange({ added: enqueueOfSlice, updated: enqueueOfSlice, deleted: enqueueOfSlice });
  /** Undefined until they are asked for after a change of the nodes. */
  let shares: { readonly known: ZoneShares } | undefined;
  /** The Services of topology mode Auto whose endpoints have hints. */
  const hinted = new Set<string>();
  nodes.onChange({
    added: nodeChanged,
    updated: (node, previous) => void (isSameToZones(node, previous) || nodeChanged(node)),
    deleted: nodeChanged,
  });

  return composeController('endpoint-slice', context, [loop], [recorder]);

  /** Concerns the Services of its pods, and those that share endpoints out over the zones. */
  function nodeChanged({ metadata }: Node): void {
    shares = undefined;
    for (const pod of podsOnNode(servicePods.pods, metadata.name)) servicePods.servicesOf(pod).forEach(enqueue);
    servicePods.services.store.byIndex(TOPOLOGY_INDEX, 'Auto').forEach(enqueue);
  }

  function tellHints(service: Service, obstacle: string | undefined): void {
    const key = keyOf(service);
    const isHinted = isTopologyAware(service) && obstacle === undefined;
    if (isHinted === hinted.has(key) && obstacle === undefined) return;
    if (isHinted) hinted.add(key);
    else hinted.delete(key);
    const what = isHinted
      ? 'Topology Aware Hints has been enabled'
      : (obstacle ?? 'Topology Aware Hints has been disabled');
    recorder.event(
      service,
      isHinted ? 'Normal' : 'Warning',
      isHinted ? 'TopologyAwareHintsEnabled' : 'TopologyAwareHintsDisabled',
      `${what}, addressType: IPv4`,
    );
  }

  async function reconcile(key: string): Promise<void> {
    const service = servicePods.services.store.get(key);
    if (service === undefined) {
      // Its slices go with it: the garbage collector follows their owner reference.
      triggerTimes.forget(key);
      hinted.delete(key);
      return;
    }
    const { selector, type } = service.spec;
    if (selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName') return;
    if (service.metadata.deletionTimestamp !== undefined) return;
    const pods = servicePods.podsOf(service);
    const plan = slicePlan({
      service,
      pods,
      slices: ownSlices
        .merge(key, slices.store.byIndex(SERVICE_INDEX, key))
        .filter((slice) => slice.metadata.deletionTimestamp === undefined),
      nodeOf: (name) => nodes.store.get(name),
      zoneShares: () => (shares ??= { known: zoneShares(nodes.store.list()) }).known,
      triggerTime: triggerTimes.next(key, service, pods),
    });
    try {
      await Promise.all([
        ...plan.create.map((draft) => ownSlices.write(client.create(ENDPOINT_SLICES, draft))),
        ...plan.update.map((slice) => ownSlices.write(client.update(ENDPOINT_SLICES, slice))),
        ...plan.remove.map((slice) => ownSlices.delete(slice, client.delete(ENDPOINT_SLICES, slice.metadata))),
      ]);
      tellHints(service, plan.hintsObstacle);
    } catch (error) {
      // What changed and was not written must come with the next attempt.
      triggerTimes.forget(key);
      if (isNamespaceTerminating(error)) return;
      if (!(error instanceof StatusError)) throw error;
      recorder.event(
        service,
        'Warning',
        'FailedToUpdateEndpointSlices',
        `Error updating Endpoint Slices for Service ${key}: ${error.message}`,
      );
      throw error;
    }
  }
}
