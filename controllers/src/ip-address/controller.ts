import {
  type Component,
  IP_ADDRESSES,
  isAlreadyExists,
  isNotFound,
  ReconcileLoop,
  type Service,
  SERVICES,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { addressesOf, addressOfService, isLeftOver } from './reconcile.ts';

const ADDRESS_INDEX = 'address';

/**
 * Keeps one IPAddress for each cluster IP. Simplified: the real API server's allocator makes it before the Service is stored, and so
 * takes care that nobody else has it; here the API server's own pools do, and the object follows.
 */
export function ipAddressController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const services = informers.informer(SERVICES, { indexers: { [ADDRESS_INDEX]: addressesOf } });
  const addresses = informers.informer(IP_ADDRESSES);
  const loop = new ReconcileLoop({ name: 'ip-address', runtime, workers: 4, reconcile });

  const enqueue = (service: Service): void => addressesOf(service).forEach((ip) => loop.add(ip));
  services.onChange({
    added: enqueue,
    updated: (service, previous) => {
      enqueue(previous);
      enqueue(service);
    },
    deleted: enqueue,
  });
  const enqueueName = ({ metadata }: { metadata: { name: string } }): void => loop.add(metadata.name);
  addresses.onChange({ added: enqueueName, deleted: enqueueName });

  return composeController('ip-address', context, [loop]);

  async function reconcile(ip: string): Promise<void> {
    const [holder] = services.store.byIndex(ADDRESS_INDEX, ip);
    const current = addresses.store.get(ip);
    if (current === undefined) {
      if (holder === undefined) return;
      await client.create(IP_ADDRESSES, addressOfService(ip, holder)).catch((error: unknown) => {
        if (!isAlreadyExists(error)) throw error;
      });
    } else if (isLeftOver(current, holder)) {
      const preconditions = { uid: current.metadata.uid };
      await client.delete(IP_ADDRESSES, current.metadata, { preconditions }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    }
  }
}
