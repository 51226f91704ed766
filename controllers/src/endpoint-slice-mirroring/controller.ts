import {
  type Component,
  ENDPOINT_SLICES,
  ENDPOINTS,
  type Endpoints,
  type EndpointSlice,
  EventRecorder,
  keyOf,
  ReconcileLoop,
  SERVICES,
} from '@kubarium/shared';
import { composeController } from '../compose-controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import { MANAGED_BY, SERVICE_NAME } from '../endpoint-slice/reconcile.ts';
import { isNamespaceTerminating } from '../namespace-terminating.ts';
import { OwnWrites } from '../own-writes.ts';
import { mirrorPlan, MIRRORING_CONTROLLER } from './reconcile.ts';

const MIRROR_INDEX = 'mirror';
const SKIP_MIRROR = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ELECTION = 'control-plane.alpha.kubernetes.io/leader';

/** The key of the Endpoints object that a slice mirrors, where this controller made it. */
const mirroredKeyOf = ({ metadata: { namespace, labels } }: EndpointSlice): string | undefined =>
  labels?.[MANAGED_BY] === MIRRORING_CONTROLLER ? `${namespace}/${labels[SERVICE_NAME]}` : undefined;

const INDEXERS = {
  [MIRROR_INDEX]: (slice: EndpointSlice): readonly string[] => {
    const key = mirroredKeyOf(slice);
    return key === undefined ? [] : [key];
  },
};

/** Keeps EndpointSlices of the Endpoints objects that are made by hand for Services without a selector. */
export function endpointSliceMirroringController(context: ControllerContext): Component {
  const { client, informers, runtime } = context;
  const services = informers.informer(SERVICES);
  const endpoints = informers.informer(ENDPOINTS);
  const slices = informers.informer(ENDPOINT_SLICES, { indexers: INDEXERS });
  const own = new OwnWrites(slices, runtime.clock, (slice) => mirroredKeyOf(slice) ?? '');
  const recorder = new EventRecorder({ client, runtime, component: 'endpoint-slice-mirroring-controller' });
  const loop = new ReconcileLoop({ name: 'endpoint-slice-mirroring', runtime, workers: 4, reconcile });

  const enqueue = (object: Parameters<typeof keyOf>[0]): void => loop.add(keyOf(object));
  services.onChange({ added: enqueue, updated: enqueue, deleted: enqueue });
  endpoints.onChange({ added: enqueue, updated: enqueue, deleted: enqueue });
  const enqueueOfSlice = (slice: EndpointSlice): void => {
    const key = mirroredKeyOf(slice);
    if (key !== undefined && !own.isEcho(slice)) loop.add(key);
  };
  slices.onChange({ added: enqueueOfSlice, updated: enqueueOfSlice, deleted: enqueueOfSlice });

  return composeController('endpoint-slice-mirroring', context, [loop], [recorder]);

  async function reconcile(key: string): Promise<void> {
    const mirrored = own.merge(key, slices.store.byIndex(MIRROR_INDEX, key));
    const source = endpoints.store.get(key);
    const service = services.store.get(key);
    if (source === undefined || service === undefined || !isMirrored(source) || service.spec.selector !== undefined) {
      await Promise.all(mirrored.map((slice) => remove(slice)));
      return;
    }
    const plan = mirrorPlan(source, mirrored);
    report(source, plan.invalid, plan.surplus);
    try {
      await Promise.all([
        ...plan.create.map((draft) => own.write(client.create(ENDPOINT_SLICES, draft))),
        ...plan.update.map((slice) => own.write(client.update(ENDPOINT_SLICES, slice))),
        ...plan.remove.map((slice) => remove(slice)),
      ]);
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  function remove(slice: EndpointSlice): Promise<void> {
    return own.delete(slice, client.delete(ENDPOINT_SLICES, slice.metadata));
  }

  function report(source: Endpoints, invalid: number, surplus: number): void {
    if (invalid > 0) {
      const text = `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`;
      recorder.event(source, 'Warning', 'InvalidIPAddress', text);
    }
    if (surplus > 0) {
      const text = `A max of 1000 addresses can be mirrored to EndpointSlices per Endpoints subset. ${surplus + invalid} addresses were skipped`;
      recorder.event(source, 'Warning', 'TooManyAddressesToMirror', text);
    }
  }
}

const isMirrored = ({ metadata: { labels, annotations } }: Endpoints): boolean =>
  labels?.[SKIP_MIRROR] !== 'true' && annotations?.[LEADER_ELECTION] === undefined;
