import {
  type Component,
  EventRecorder,
  isConflict,
  isNotFound,
  keyOf,
  ReconcileLoop,
  type Service,
  SERVICES,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { loadBalancerAddress } from './address.ts';

const ADDRESS_INDEX = 'load-balancer-address';

/**
 * The cloud's part of a Service of type LoadBalancer: gives it a loopback address of its own (`status.loadBalancer`), which it keeps.
 * One with a `loadBalancerClass` is another implementation's, and an address that somebody else has put there stays. The API server
 * takes the address back when the type changes.
 */
export function loadBalancerController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const services = informers.informer(SERVICES, {
    indexers: {
      [ADDRESS_INDEX]: ({ status }) => (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => ip ?? []),
    },
  });
  /** Given and not yet seen in the cache. */
  const given = new Map<string, string>();
  const recorder = new EventRecorder({ client, runtime, component: 'service-controller' });
  const loop = new ReconcileLoop({ name: 'load-balancer', runtime, workers: 1, reconcile });
  const enqueue = (service: Service): void => {
    if (needsAddress(service)) loop.add(keyOf(service));
    else given.delete(keyOf(service));
  };
  services.onChange({ added: enqueue, updated: enqueue, deleted: (service) => void given.delete(keyOf(service)) });
  return composeController('load-balancer', context, [loop], [recorder]);

  async function reconcile(key: string): Promise<void> {
    const service = services.store.get(key);
    if (service === undefined || !needsAddress(service)) return;
    const isTaken = (address: string): boolean =>
      services.store.byIndex(ADDRESS_INDEX, address).some((other) => keyOf(other) !== key) ||
      [...given].some(([other, of]) => other !== key && of === address);
    const ip = loadBalancerAddress(service, isTaken);
    if (ip === undefined) {
      recorder.event(service, 'Warning', 'SyncLoadBalancerFailed', 'Error syncing load balancer: no address is free');
      return;
    }
    given.set(key, ip);
    recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const loadBalancer = { ingress: [{ ip, ipMode: 'VIP' }] };
    try {
      await client.update(
        SERVICES,
        { ...service, status: { ...service.status, loadBalancer } },
        { subresource: 'status' },
      );
    } catch (error) {
      // The change that came in between brings it here again.
      if (isConflict(error) || isNotFound(error)) return;
      throw error;
    }
    recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }
}

const needsAddress = ({ metadata, spec, status }: Service): boolean =>
  spec.type === 'LoadBalancer' &&
  (spec.loadBalancerClass ?? '') === '' &&
  metadata.deletionTimestamp === undefined &&
  (status.loadBalancer?.ingress ?? []).length === 0;
