import {
  seededRandom,
  silentLogger,
  VirtualClock,
  type Endpoint as SliceEndpoint,
  type EndpointSlice,
  type Flow,
  type Hop,
  type Protocol,
  type Service,
  type ServiceSpec,
} from '@kubarium/shared';
import { ipv4Range } from '@kubarium/shared';
import { RoutingTable } from '../routing-table.ts';
import { VirtualIpStage, type NodeFacts } from '../virtual-ip.ts';

const meta = (name: string, labels: Record<string, string> = {}) => ({ name, namespace: 'default', uid: name, labels });

/** A Service with one TCP port 80 unless told otherwise. */
export const makeService = (name: string, spec: Partial<ServiceSpec>, status: Service['status'] = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name) as never,
  spec: { type: 'ClusterIP', ports: [{ port: 80 }], ...spec },
  status,
});

/** A slice of a Service with the unnamed TCP port 8080 unless told otherwise. */
export const makeSlice = (
  service: string,
  endpoints: readonly SliceEndpoint[],
  ports: EndpointSlice['ports'] = [{ port: 8080 }],
  name = `${service}-1`,
): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: meta(name, { 'kubernetes.io/service-name': service }) as never,
  addressType: 'IPv4',
  endpoints: [...endpoints],
  ports,
});

export const makeEndpoint = (address: string, more: Partial<SliceEndpoint> = {}): SliceEndpoint => ({
  addresses: [address],
  nodeName: `node-${address.split('.')[2]}`,
  conditions: { ready: true, serving: true, terminating: false },
  ...more,
});

const nodes: readonly NodeFacts[] = ['1', '2', '3'].map((n) => ({
  name: `node-${n}`,
  zone: n === '3' ? 'zone-b' : 'zone-a',
  addresses: [`172.18.0.${n}`],
}));

/** A table with these objects, and the stage over it. */
export function proxyFixture(services: readonly Service[], slices: readonly EndpointSlice[]) {
  const clock = new VirtualClock();
  const table = new RoutingTable();
  const key = (object: Service | EndpointSlice): string => `${object.metadata.namespace}/${object.metadata.name}`;
  const setServices = (...list: readonly Service[]): void =>
    table.applyServices(list.map((current) => ({ key: key(current), previous: undefined, current })));
  const setSlices = (...list: readonly EndpointSlice[]): void =>
    table.applySlices(list.map((current) => ({ key: key(current), previous: undefined, current })));
  const removeService = (service: Service): void =>
    table.applyServices([{ key: key(service), previous: service, current: undefined }]);
  setServices(...services);
  setSlices(...slices);
  const stage = new VirtualIpStage({
    table,
    clock,
    random: seededRandom(1),
    serviceRange: ipv4Range('10.96.0.0/12'),
    nodes: {
      byName: (name) => nodes.find((node) => node.name === name),
      byAddress: (address) => nodes.find((node) => node.addresses.includes(address)),
      all: () => nodes,
    },
  });
  const decide = (from: string, to: string, protocol: Protocol = 'TCP') => stage.decide(flow(from, to, protocol));
  return {
    clock,
    table,
    stage,
    decide,
    setServices,
    setSlices,
    removeService,
    runtime: { clock, logger: silentLogger },
  };
}

/** A flow from `pod 10.244.1.5`, `node node-1`, `loopback node-1` or `outside` to `address:port`. */
export function flow(from: string, to: string, protocol: Protocol = 'TCP', hops?: Hop[]): Flow {
  const [kind, name = ''] = from.split(' ');
  const [address = '', port] = to.split(':');
  const node = kind === 'pod' ? `node-${name.split('.')[2]}` : kind === 'outside' ? 'outside' : name;
  const sources: Record<string, string> = {
    pod: name,
    node: `172.18.0.${name.slice(5)}`,
    loopback: '127.0.0.1',
    outside: '172.18.0.254',
  };
  return {
    protocol,
    from: { node, ...(kind === 'pod' ? { pod: { namespace: 'default', name, uid: name } } : {}) },
    source: { address: sources[kind!]!, port: 40_000 },
    destination: { address, port: Number(port) },
    ...(hops === undefined ? {} : { trace: { hop: (hop) => void hops.push(hop) } }),
  };
}
