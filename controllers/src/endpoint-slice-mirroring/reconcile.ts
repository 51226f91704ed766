import { isIP } from 'node:net';
import {
  canonicalIpv4,
  deepEqual,
  type Draft,
  type Endpoint,
  type EndpointAddress,
  ENDPOINTS,
  type Endpoints,
  type EndpointSlice,
  type EndpointSlicePort,
} from '@kubarium/shared';
import { portsKey } from '../endpoint-slice/desired-endpoints.ts';
import { MANAGED_BY, SERVICE_NAME } from '../endpoint-slice/reconcile.ts';
import { controllerReference } from '../ownership.ts';
import { TRIGGER_TIME } from '../trigger-time.ts';

export const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Of one subset; the rest is left out, and an Event says so. */
const ADDRESSES_MAX = 1000;

type AddressType = 'IPv4' | 'IPv6';

export interface MirrorPlan {
  readonly create: readonly Draft<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** How many addresses are not addresses. */
  readonly invalid: number;
  /** How many are beyond the limit of their subset. */
  readonly surplus: number;
}

/** What one slice is to hold. */
interface Wanted {
  readonly addressType: AddressType;
  readonly ports: readonly EndpointSlicePort[];
  /** By address. */
  readonly endpoints: Map<string, Endpoint>;
}

/**
 * What makes slices of an Endpoints object that somebody keeps by hand: one for each set of ports and address family
 * (k8s.io/kubernetes pkg/controller/endpointslicemirroring). `slices` are those that were made of it before.
 */
export function mirrorPlan(endpoints: Endpoints, slices: readonly EndpointSlice[]): MirrorPlan {
  const { wanted, invalid, surplus } = wantedSlices(endpoints);
  const existing = Map.groupBy(slices, (slice) => sliceKey(slice.addressType, slice.ports));
  const metadata = mirroredMetadata(endpoints);
  const create: Draft<EndpointSlice>[] = [];
  const update: EndpointSlice[] = [];
  const kept = new Set<EndpointSlice>();
  for (const [key, { addressType, ports, endpoints: held }] of wanted) {
    const content = { addressType, ports: [...ports], endpoints: [...held.values()] };
    const slice = existing.get(key)?.[0];
    if (slice === undefined) {
      const generateName = `${endpoints.metadata.name}-`;
      const { namespace } = endpoints.metadata;
      create.push({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { generateName, namespace, ...metadata },
        ...content,
      });
      continue;
    }
    kept.add(slice);
    const next = { ...slice, metadata: { ...slice.metadata, ...metadata }, ...content };
    if (!deepEqual(comparable(next), comparable(slice))) update.push(next);
  }
  return { create, update, remove: slices.filter((slice) => !kept.has(slice)), invalid, surplus };
}

const comparable = ({ metadata, endpoints }: EndpointSlice): unknown => [
  metadata.labels ?? {},
  metadata.annotations ?? {},
  (endpoints ?? []).toSorted((a, b) => (a.addresses[0]! < b.addresses[0]! ? -1 : 1)),
];

const sliceKey = (addressType: string, ports: readonly EndpointSlicePort[] | undefined): string =>
  `${addressType} ${portsKey(ports)}`;

function wantedSlices({ subsets }: Endpoints) {
  const wanted = new Map<string, Wanted>();
  let invalid = 0;
  let surplus = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets ?? []) {
    const slicePorts = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }): EndpointSlicePort => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    let taken = 0;
    const all = [
      ...addresses.map((each) => [each, true] as const),
      ...notReadyAddresses.map((each) => [each, false] as const),
    ];
    for (const [{ ip, ...more }, ready] of all) {
      const address = { ...more, ip: canonicalIpv4(ip) };
      const family = isIP(address.ip);
      if (family === 0) invalid++;
      else if (taken === ADDRESSES_MAX) surplus++;
      else {
        taken++;
        const addressType = family === 4 ? 'IPv4' : 'IPv6';
        const key = sliceKey(addressType, slicePorts);
        const slice = wanted.get(key) ?? { addressType, ports: slicePorts, endpoints: new Map<string, Endpoint>() };
        wanted.set(key, slice);
        slice.endpoints.set(address.ip, endpointOf(address, ready));
      }
    }
  }
  return { wanted, invalid, surplus };
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function mirroredMetadata(endpoints: Endpoints) {
  const { labels, annotations = {}, name } = endpoints.metadata;
  const copied = Object.entries(annotations).filter(([key]) => key !== TRIGGER_TIME && key !== LAST_APPLIED);
  return {
    labels: { ...labels, [SERVICE_NAME]: name, [MANAGED_BY]: MIRRORING_CONTROLLER },
    ...(copied.length === 0 ? {} : { annotations: Object.fromEntries(copied) }),
    ownerReferences: [controllerReference(ENDPOINTS, endpoints)],
  };
}
