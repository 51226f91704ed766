import {
  type Component,
  type Condition,
  IP_ADDRESSES,
  isNotFound,
  parseTimestamp,
  ReconcileLoop,
  SERVICE_CIDRS,
  type ServiceCIDR,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isStillUsed, PROTECTION, readyCondition, terminatingCondition } from './reconcile.ts';

/** How long a deleted ServiceCIDR waits, for those who may just be taking an address of it. */
const GRACE_MS = 10_000;

/** Says of each ServiceCIDR whether it gives addresses, and keeps a deleted one as long as its addresses are in use. */
export function serviceCidrController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const { clock } = runtime;
  const ranges = informers.informer(SERVICE_CIDRS);
  const addresses = informers.informer(IP_ADDRESSES);
  const loop = new ReconcileLoop({ name: 'service-cidr', runtime, workers: 1, reconcile });

  const enqueue = ({ metadata }: ServiceCIDR): void => loop.add(metadata.name);
  const enqueueDying = (): void =>
    ranges.store.list().forEach((each) => each.metadata.deletionTimestamp === undefined || enqueue(each));
  ranges.onChange({ added: enqueue, updated: enqueue, deleted: enqueueDying });
  addresses.onChange({ deleted: enqueueDying });

  return composeController('service-cidr', context, [loop]);

  async function reconcile(name: string): Promise<void> {
    const range = ranges.store.get(name);
    if (range === undefined) return;
    try {
      await (range.metadata.deletionTimestamp === undefined ? protect(range) : letGo(range));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async function protect(range: ServiceCIDR): Promise<void> {
    const { finalizers = [] } = range.metadata;
    const current = finalizers.includes(PROTECTION) ? range : await setFinalizers(range, [...finalizers, PROTECTION]);
    await tell(current, readyCondition(clock.now()));
  }

  async function letGo(range: ServiceCIDR): Promise<void> {
    const { name, finalizers = [], deletionTimestamp } = range.metadata;
    if (isStillUsed(range, ranges.store.list(), addresses.store.list())) {
      return await tell(range, terminatingCondition(clock.now()));
    }
    const waitMs = parseTimestamp(deletionTimestamp!) + GRACE_MS - clock.now();
    if (waitMs > 0) loop.addAfter(name, waitMs);
    else if (finalizers.includes(PROTECTION))
      await setFinalizers(
        range,
        finalizers.filter((each) => each !== PROTECTION),
      );
  }

  function setFinalizers(range: ServiceCIDR, finalizers: string[]): Promise<ServiceCIDR> {
    return client.update(SERVICE_CIDRS, { ...range, metadata: { ...range.metadata, finalizers } });
  }

  async function tell(range: ServiceCIDR, condition: Condition): Promise<void> {
    const { conditions = [] } = range.status;
    const current = conditions.find(({ type }) => type === condition.type);
    if (current?.status === condition.status && current.reason === condition.reason) return;
    const others = conditions.filter((each) => each !== current);
    await client.update(
      SERVICE_CIDRS,
      { ...range, status: { conditions: [...others, condition] } },
      { subresource: 'status' },
    );
  }
}
