import {
  type Component,
  ENDPOINTS,
  type Endpoints,
  isAlreadyExists,
  isNotFound,
  keyOf,
  parseKey,
  ReconcileLoop,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';
import { OwnWrites } from '../own-writes.ts';
import { ServicePods } from '../service-pods.ts';
import { TriggerTimeTracker } from '../trigger-time.ts';
import { MANAGED_BY, wantedEndpoints } from './reconcile.ts';

/** Keeps the deprecated Endpoints object of every Service that has a selector, for clients that still read it. */
export function endpointsController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const servicePods = new ServicePods(informers);
  const endpoints = informers.informer(ENDPOINTS);
  const own = new OwnWrites(endpoints, runtime.clock);
  const triggerTimes = new TriggerTimeTracker(servicePods);
  const loop = new ReconcileLoop({ name: 'endpoints', runtime, workers: 8, reconcile });

  const enqueue = (object: Parameters<typeof keyOf>[0]): void => loop.add(keyOf(object));
  servicePods.services.onChange({ added: enqueue, updated: enqueue, deleted: enqueue });
  servicePods.onPodChange(enqueue);
  endpoints.onChange({ deleted: enqueue });

  return composeController('endpoints', context, [loop]);

  async function reconcile(key: string): Promise<void> {
    const service = servicePods.services.store.get(key);
    const current = own.latest(key);
    if (service === undefined) {
      triggerTimes.forget(key);
      // One that somebody made by hand is theirs.
      if (current?.metadata.labels?.[MANAGED_BY] === undefined) return;
      await client.delete(ENDPOINTS, parseKey(key)).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      return;
    }
    const { selector, type } = service.spec;
    if (selector === undefined || Object.keys(selector).length === 0 || type === 'ExternalName') return;
    if (service.metadata.deletionTimestamp !== undefined) return;
    const pods = servicePods.podsOf(service);
    const wanted = wantedEndpoints(service, pods, current, triggerTimes.next(key, service, pods));
    if (wanted === undefined) return;
    try {
      await own.write(
        current === undefined
          ? client.create(ENDPOINTS, wanted)
          : client.update(ENDPOINTS, { ...current, ...wanted } as Endpoints),
      );
    } catch (error) {
      triggerTimes.forget(key);
      if (isNamespaceTerminating(error) || isAlreadyExists(error)) return;
      throw error;
    }
  }
}
