import fc from 'fast-check';
import type { Namespace, Pod, Service, ServiceSpec } from '../api/core-v1.ts';
import type { EndpointHints, EndpointSlice } from '../api/discovery-v1.ts';
import type { NetworkPolicy } from '../api/networking-v1.ts';
import type { Protocol } from '../net/network-namespace.ts';
import { makePod } from './make-object.ts';
import type { PlainNode, Sender } from './plain-services.ts';

/**
 * Small random worlds of Services, EndpointSlices, pods, namespaces and NetworkPolicies, their histories, and packets through them: what
 * property tests compare the proxy, the policies and the whole path with plain models on. Names and addresses are few, so that
 * things meet.
 */

export const WORLD_NODES: readonly PlainNode[] = [1, 2, 3].map((n) => ({
  name: `node-${n}`,
  zone: n === 3 ? 'zone-b' : 'zone-a',
  address: `172.18.0.${n}`,
}));
export const OUTSIDE_ADDRESS = '172.18.0.254';

export type WorldObject = Service | EndpointSlice | Pod | Namespace | NetworkPolicy;

/** An object comes or changes, one goes (by its key), or everybody gets the time to take note. */
export type Step = { readonly put: WorldObject } | { readonly remove: string } | { readonly pause: true };

export interface Packet {
  readonly from: Sender;
  readonly to: { readonly address: string; readonly port: number };
  readonly protocol: Protocol;
}

/** `Service a/web`: what tells the objects of a world apart. */
export const worldKey = ({ kind, metadata: { namespace, name } }: WorldObject): string =>
  namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;

/** The objects after a history, by their keys; `onChange` is told each change, and `onPause` each pause. */
export class World {
  readonly #objects = new Map<string, WorldObject>();
  readonly #onChange: (key: string, previous: WorldObject | undefined, current: WorldObject | undefined) => void;

  constructor(onChange: (key: string, previous: WorldObject | undefined, current: WorldObject | undefined) => void) {
    this.#onChange = onChange;
  }

  apply(step: Exclude<Step, { pause: true }>): void {
    const key = 'put' in step ? worldKey(step.put) : step.remove;
    const current = 'put' in step ? step.put : undefined;
    const previous = this.#objects.get(key);
    if (current === undefined) this.#objects.delete(key);
    else this.#objects.set(key, current);
    if (current !== previous) this.#onChange(key, previous, current);
  }

  all<T extends WorldObject>(kind: string): T[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind) as T[];
  }
}

const meta = (namespace: string | undefined, name: string, labels: Record<string, string> = {}) =>
  ({ ...(namespace === undefined ? {} : { namespace }), name, uid: `${namespace}/${name}`, labels }) as never;

const POD_NAMES = ['a/m', 'a/n', 'b/m', 'b/n'];
/** The number of a pod and of its node: mostly that where it is at home, so that packets find it. */
const podPlace = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3).map((number) => ({ number, node: 1 + (number % 3) })) },
  fc.record({ number: fc.nat(3), node: fc.integer({ min: 1, max: 3 }) }),
);
const podAddress = ({ number, node }: { number: number; node: number }): string => `10.244.${node}.${2 + number}`;

const trafficPolicy = fc.constantFrom('Cluster' as const, 'Local' as const);
const SERVICE_NAMES = ['a', 'b', 'c'];
const SERVICE_PORTS = [
  { name: 'http', port: 80, protocol: 'TCP' as const },
  { name: 'admin', port: 81, protocol: 'TCP' as const },
  { name: 'dns', port: 80, protocol: 'UDP' as const },
  { name: 'http', port: 81, protocol: 'TCP' as const },
];

/** A Service of namespace `a`. As the API server allots them, addresses and node ports are one Service's only. */
const service = fc
  .record({
    name: fc.constantFrom(...SERVICE_NAMES),
    type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer', 'ExternalName', 'headless'),
    ports: fc
      .subarray(SERVICE_PORTS, { minLength: 1 })
      .filter((ports) => ['name', 'port'].every((key) => isDistinct(ports, key as 'name' | 'port'))),
    internalTrafficPolicy: trafficPolicy,
    externalTrafficPolicy: trafficPolicy,
    external: fc.boolean(),
    affinity: fc.boolean(),
    ranges: fc.constantFrom<string[][]>([], ['172.18.0.254/32'], ['10.244.1.0/24', '172.18.0.0/30']),
  })
  .map(({ name, type, ports, external, affinity, ranges, externalTrafficPolicy, ...policies }): Service => {
    const index = SERVICE_NAMES.indexOf(name);
    const isOpen = type === 'NodePort' || type === 'LoadBalancer';
    const spec: ServiceSpec = {
      ...policies,
      ...(isOpen ? { externalTrafficPolicy } : {}),
      type: type === 'headless' ? 'ClusterIP' : type,
      sessionAffinity: affinity ? 'ClientIP' : 'None',
      ...(type === 'LoadBalancer' ? { loadBalancerSourceRanges: ranges } : {}),
      ...(type === 'ExternalName' ? { externalName: 'example.com' } : {}),
      ...(type === 'ExternalName' ? {} : { clusterIP: type === 'headless' ? 'None' : `10.96.0.${index + 1}` }),
      externalIPs: external ? [`198.51.100.${index}`] : [],
      ports: ports.map((port, i) => ({ ...port, ...(isOpen ? { nodePort: 30_000 + index * 10 + i } : {}) })),
    };
    const status = type === 'LoadBalancer' ? { loadBalancer: { ingress: [{ ip: `127.1.0.${index}` }] } } : {};
    return { apiVersion: 'v1', kind: 'Service', metadata: meta('a', name), spec, status };
  });

function isDistinct(ports: typeof SERVICE_PORTS, key: 'name' | 'port'): boolean {
  const seen = ports.map((port) => (key === 'name' ? port.name : `${port.port}/${port.protocol}`));
  return new Set(seen).size === seen.length;
}

const endpoint = fc
  .record({
    place: podPlace,
    ready: fc.boolean(),
    serving: fc.boolean(),
    terminating: fc.boolean(),
    hints: fc.constantFrom<(EndpointHints | undefined)[]>(
      undefined,
      { forZones: [{ name: 'zone-a' }] },
      { forZones: [{ name: 'zone-b' }], forNodes: [{ name: 'node-3' }] },
      { forZones: [{ name: 'zone-a' }], forNodes: [{ name: 'node-1' }] },
    ),
  })
  .map(({ place, hints, ...conditions }) => ({
    addresses: [podAddress(place)],
    nodeName: `node-${place.node}`,
    conditions,
    ...(hints === undefined ? {} : { hints }),
  }));

/** A slice of one of the Services, under any of their port names and one name of the wrong protocol. */
const slice = fc
  .record({
    service: fc.constantFrom(...SERVICE_NAMES),
    name: fc.constantFrom('x', 'y', 'z'),
    endpoints: fc.uniqueArray(endpoint, { maxLength: 4, selector: ({ addresses }) => addresses[0] }),
    ports: fc.subarray([
      { name: 'http', port: 8080, protocol: 'TCP' as const },
      { name: 'admin', port: 9090, protocol: 'TCP' as const },
      { name: 'dns', port: 5353, protocol: 'UDP' as const },
      { name: 'dns', port: 5354, protocol: 'TCP' as const },
    ]),
  })
  .map(({ service: of, name, endpoints, ports }): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: meta('a', name, { 'kubernetes.io/service-name': of }),
    addressType: 'IPv4',
    endpoints,
    ports,
  }));

const namespaceName = fc.constantFrom('a', 'b');
const labels = fc
  .record({ app: fc.constantFrom('x', 'y'), tier: fc.constantFrom('1', '2') }, { requiredKeys: [] })
  .map((some) => some as Record<string, string>);
const selector = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
  fc.constantFrom('In' as const, 'NotIn' as const).map((operator) => ({
    matchExpressions: [{ key: 'app', operator, values: ['x'] }],
  })),
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({
    ipBlock: fc.record(
      {
        cidr: fc.constantFrom('0.0.0.0/0', '10.244.0.0/16', '10.244.1.0/24', '172.18.0.0/29', '172.18.0.128/25'),
        except: fc.subarray(['10.244.1.2/32', '172.18.0.2/32', '172.18.0.252/30']),
      },
      { requiredKeys: ['cidr'] },
    ),
  }),
);
const port = fc.record(
  { protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(80, 8080, 5353, 'http') },
  { requiredKeys: [] },
);
const range = fc
  .record({ port: fc.constantFrom(79, 8000), endPort: fc.constantFrom(80, 8080, 9090) })
  .filter((one) => one.port <= one.endPort);
const ports = fc.array(fc.oneof(port, range), { maxLength: 2 });
const peers = fc.array(peer, { maxLength: 2 });
const policy = fc
  .record({
    namespace: namespaceName,
    name: fc.constantFrom('p', 'q'),
    spec: fc.record(
      {
        podSelector: selector,
        ingress: fc.array(fc.record({ from: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
        egress: fc.array(fc.record({ to: peers, ports }, { requiredKeys: [] }), { maxLength: 2 }),
        policyTypes: fc.subarray(['Ingress' as const, 'Egress' as const], { minLength: 1 }),
      },
      { requiredKeys: ['podSelector'] },
    ),
  })
  .map(({ namespace, name, spec }): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: meta(namespace, name),
    spec,
  }));

/** A pod that declares the TCP port 8080 as `http`. Its address is its node's and its own, whatever else changes. */
const pod = fc.record({ place: podPlace, labels }).map(({ place, labels: of }): Pod => {
  const { node } = place;
  const key = POD_NAMES[place.number]!;
  const [namespace = '', name = ''] = key.split('/');
  return makePod({
    metadata: { namespace, name, uid: `${key}@${node}`, labels: of },
    spec: { nodeName: `node-${node}`, containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
    status: { phase: 'Running', podIP: podAddress(place) },
  });
});
const namespace = fc.record({ name: namespaceName, labels }).map(({ name, labels: of }): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: meta(undefined, name, of),
  spec: {},
  status: {},
}));

const pause: fc.Arbitrary<Step> = fc.constant({ pause: true });
const puts = (of: fc.Arbitrary<WorldObject>): fc.Arbitrary<Step> => of.map((put) => ({ put }));
const removals = (...keys: string[]): fc.Arbitrary<Step> => fc.constantFrom(...keys).map((remove) => ({ remove }));

/** A change of Services and slices. */
export const routingStep: fc.Arbitrary<Step> = fc.oneof(
  puts(service),
  { weight: 2, arbitrary: puts(slice) },
  removals('Service a/a', 'Service a/b', 'EndpointSlice a/x', 'EndpointSlice a/y'),
  pause,
);
/** A change of policies, and of the pods and namespaces that they select. */
export const policyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: puts(policy) },
  { weight: 3, arbitrary: puts(pod) },
  puts(namespace),
  removals('NetworkPolicy a/p', 'NetworkPolicy a/q', 'NetworkPolicy b/p', 'Pod a/m', 'Pod b/n'),
  pause,
);

const sender: fc.Arbitrary<Sender> = fc.oneof(
  {
    weight: 3,
    arbitrary: podPlace.map((place): Sender => ({
      kind: 'pod',
      address: podAddress(place),
      node: `node-${place.node}`,
    })),
  },
  fc.constantFrom(...WORLD_NODES).map(({ name, address }): Sender => ({ kind: 'node', address, node: name })),
  fc.constant({ kind: 'outside', address: OUTSIDE_ADDRESS, node: 'outside' } as const),
);
const serviceAddress = fc.constantFrom(
  '10.96.0.1:80',
  '10.96.0.1:81',
  '10.96.0.2:80',
  '10.96.0.2:81',
  '10.96.0.3:80',
  '10.96.9.9:80',
  '198.51.100.0:80',
  '198.51.100.1:81',
  '127.1.0.0:80',
  '127.1.0.1:80',
  '127.1.0.2:81',
  '172.18.0.1:30000',
  '172.18.0.2:30001',
  '172.18.0.3:30010',
  '172.18.0.1:30020',
);
const directAddress = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .record({ place: podPlace, port: fc.constantFrom(80, 8080, 5353) })
      .map(({ place, port: number }) => `${podAddress(place)}:${number}`),
  },
  fc.constantFrom('172.18.0.1:80', '172.18.0.2:8080', `${OUTSIDE_ADDRESS}:80`),
);
const packetTo = (destination: fc.Arbitrary<string>): fc.Arbitrary<Packet> =>
  fc
    .record({
      from: sender,
      to: destination,
      protocol: fc.constantFrom('TCP' as const, 'TCP' as const, 'UDP' as const),
    })
    .map(({ from, to, protocol }) => {
      const [address = '', number] = to.split(':');
      return { from, to: { address, port: Number(number) }, protocol };
    });

/** A packet to a pod, a node or the outside itself. */
export const directPacket = packetTo(directAddress);
/** A packet to some Service's address most of the time. */
export const packet = packetTo(fc.oneof({ weight: 3, arbitrary: serviceAddress }, directAddress));

/** `RUNS=10000` lengthens a property test, `SEED=n` repeats what a failed one has printed. */
export const propertyRuns = (standard: number): { numRuns: number; seed?: number } => {
  const { RUNS, SEED } = process.env;
  return { numRuns: Number(RUNS ?? standard), ...(SEED === undefined ? {} : { seed: Number(SEED) }) };
};
