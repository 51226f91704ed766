import {
  deepEqual,
  type Draft,
  type EndpointSlice,
  type Node,
  type Pod,
  type Service,
  SERVICES,
} from '@kubarium/shared';
import { controllerReference } from '../ownership.ts';
import { TRIGGER_TIME } from '../trigger-time.ts';
import { desiredEndpoints, portsKey } from './desired-endpoints.ts';
import { type Filling, fillSlices } from './fill-slices.ts';
import { setHints } from './hints.ts';
import type { ZoneShares } from './zone-allocation.ts';

export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
export const CONTROLLER_NAME = 'endpointslice-controller.k8s.io';
export const SERVICE_NAME = 'kubernetes.io/service-name';
const HEADLESS = 'service.kubernetes.io/headless';

export interface SliceInput {
  readonly service: Service;
  readonly pods: readonly Pod[];
  /** The slices that this controller made for the Service. */
  readonly slices: readonly EndpointSlice[];
  nodeOf(name: string): Node | undefined;
  /** How the CPUs of the cluster are shared out over its zones. */
  zoneShares(): ZoneShares;
  readonly triggerTime: string | undefined;
}

export interface SlicePlan {
  readonly create: readonly Draft<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** Why no hints could be given to a Service of topology mode Auto. */
  readonly hintsObstacle: string | undefined;
}

/**
 * The least writes that make a Service's slices hold its endpoints (k8s.io/endpointslice, reconciler): slices are filled for each set of
 * ports (`fillSlices`), endpoints are given their hints, empty slices go, but one stays for a Service without endpoints. Simplified:
 * IPv4 only; the real one has a set of slices for each address family.
 */
export function slicePlan(input: SliceInput): SlicePlan {
  const { service, slices } = input;
  const desired = desiredEndpoints(service, input.pods, (name) => input.nodeOf(name));
  const wanted = metadataOf(service);
  const byPorts = Map.groupBy(slices, (slice) => (slice.addressType === 'IPv4' ? portsKey(slice.ports) : 'foreign'));
  const fillings: Filling[] = [];
  for (const [key, group] of desired) fillings.push(...fillSlices(group, byPorts.get(key) ?? [], wanted.labels));
  const hintsObstacle = setHints(service, fillings, () => input.zoneShares());
  const kept = new Set(fillings.filter(({ endpoints }) => endpoints.length > 0).map(({ slice }) => slice));
  let remove = slices.filter((slice) => !kept.has(slice));
  let create = fillings.filter(({ slice, endpoints }) => slice === undefined && endpoints.length > 0);
  const update = fillings.filter(({ slice, endpoints, isChanged }) => slice && isChanged && endpoints.length > 0);
  if (remove.length === slices.length && create.length === 0) {
    const placeholder = remove.find((slice) => isPlaceholder(slice, wanted.labels));
    if (placeholder === undefined) create = [{ slice: undefined, ports: [], endpoints: [], isChanged: true }];
    else remove = remove.filter((slice) => slice !== placeholder);
  }
  // A slice that would go takes the place of one that would come: one write instead of two.
  const reused = Math.min(create.length, remove.length);
  for (const [at, filling] of create.slice(0, reused).entries()) update.push({ ...filling, slice: remove[at]! });
  const written = (filling: Filling): Pick<EndpointSlice, 'endpoints' | 'ports'> => ({
    endpoints: filling.endpoints,
    ports: [...filling.ports],
  });
  const annotated = (annotations: Record<string, string> | undefined): Record<string, string> => {
    const { [TRIGGER_TIME]: _old, ...rest } = annotations ?? {};
    return input.triggerTime === undefined ? rest : { ...rest, [TRIGGER_TIME]: input.triggerTime };
  };
  return {
    create: create.slice(reused).map((filling) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...wanted, annotations: annotated(undefined) },
      addressType: 'IPv4',
      ...written(filling),
    })),
    update: update.map((filling) => {
      const slice = filling.slice!;
      const metadata = {
        ...slice.metadata,
        labels: wanted.labels,
        ownerReferences: wanted.ownerReferences,
        annotations: annotated(slice.metadata.annotations),
      };
      return { ...slice, metadata, ...written(filling) };
    }),
    remove: remove.slice(reused),
    hintsObstacle,
  };
}

function metadataOf(service: Service) {
  const { namespace, name, labels } = service.metadata;
  const own = Object.entries(labels ?? {}).filter(
    ([key]) => key !== SERVICE_NAME && key !== MANAGED_BY && key !== HEADLESS,
  );
  return {
    generateName: `${name}-`,
    namespace,
    labels: {
      ...Object.fromEntries(own),
      [SERVICE_NAME]: name,
      [MANAGED_BY]: CONTROLLER_NAME,
      ...(service.spec.clusterIP === 'None' ? { [HEADLESS]: '' } : {}),
    } as Record<string, string>,
    ownerReferences: [controllerReference(SERVICES, service)],
  };
}

const isPlaceholder = (slice: EndpointSlice, labels: Record<string, string>): boolean =>
  slice.addressType === 'IPv4' &&
  (slice.endpoints ?? []).length === 0 &&
  (slice.ports ?? []).length === 0 &&
  deepEqual(slice.metadata.labels, labels);
