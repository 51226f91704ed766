import type { EndpointHints, EndpointSlice, Service, ServiceSpec } from '@kubarium/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChangeTracker } from './change-tracker.ts';
import { RoutingTable } from './routing-table.ts';
import { flow, makeEndpoint, makeService, makeSlice, nodes } from './testing/proxy-fixture.ts';
import { VirtualIpStage } from './virtual-ip.ts';
import { ipv4Range, seededRandom, VirtualClock } from '@kubarium/shared';

/**
 * A plain model of the rules: it looks at the objects themselves, all of them, for every packet. Slow, but short enough to check
 * by eye. Answers with the endpoints that a packet may reach, or what happens to it else.
 */
function allowed(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
  from: string,
  to: string,
): string[] | string {
  const [address = '', portText] = to.split(':');
  const asked = Number(portText);
  const askedNode = nodes.find((node) => node.addresses.includes(address));
  const inside = from !== 'outside';
  const fromNode = from.startsWith('pod')
    ? `node-${from.split('.')[2]}`
    : from === 'outside'
      ? 'outside'
      : from.slice(5);
  for (const { spec, metadata, status } of services) {
    if (spec.clusterIP === 'None') continue;
    for (const port of spec.ports ?? []) {
      const isCluster = spec.clusterIP === address && port.port === asked;
      const balancers = (status.loadBalancer?.ingress ?? []).map(({ ip }) => ip);
      const isBalancer = spec.type === 'LoadBalancer' && balancers.includes(address) && port.port === asked;
      const isExternal = isBalancer || ((spec.externalIPs ?? []).includes(address) && port.port === asked);
      const isNodePort = askedNode !== undefined && port.nodePort === asked;
      if (!isCluster && !isExternal && !isNodePort) continue;
      const ranges = spec.loadBalancerSourceRanges ?? [];
      if (isBalancer && ranges.length > 0 && !ranges.some((range) => ipv4Range(range).contains(sourceOf(from)))) {
        return 'drop';
      }
      const mine = slices.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name);
      const found = mine.flatMap((slice) =>
        (slice.ports ?? [])
          .filter((one) => (one.name ?? '') === (port.name ?? ''))
          .flatMap((one) =>
            slice.endpoints.map((endpoint) => ({ endpoint, to: `${endpoint.addresses[0]}:${one.port}` })),
          ),
      );
      const isFirst = (one: (typeof found)[number], index: number, all: typeof found): boolean =>
        all.findIndex(({ to: key }) => key === one.to) === index;
      const ready = found.filter(({ endpoint }) => endpoint.conditions?.ready !== false).filter(isFirst);
      const isReady = new Set(ready.map((one) => one.to));
      const leaving = found.filter(
        ({ endpoint, to: key }) =>
          !isReady.has(key) && endpoint.conditions?.serving !== false && endpoint.conditions?.terminating === true,
      );
      if (ready.length + leaving.length === 0) return 'refuse';
      const policy = isCluster ? spec.internalTrafficPolicy : inside ? 'Cluster' : spec.externalTrafficPolicy;
      const answers = (node: string): string[] => {
        const own = (list: typeof found): typeof found => list.filter(({ endpoint }) => endpoint.nodeName === node);
        if (policy === 'Local') return targets([own(ready), own(leaving)].find((list) => list.length > 0) ?? []);
        if (ready.length === 0) return targets(leaving);
        const zone = nodes.find(({ name }) => name === node)?.zone;
        for (const [key, here] of [
          ['forNodes', node],
          ['forZones', zone],
        ] as const) {
          const hints = ready.map(({ endpoint }) => endpoint.hints?.[key] ?? []);
          if (here === undefined || hints.some((list) => list.length === 0)) continue;
          const near = ready.filter((_, index) => hints[index]!.some(({ name }) => name === here));
          if (near.length > 0) return targets(near);
        }
        return targets(ready);
      };
      // From outside, a load balancer picks any node that can answer.
      const entries = isNodePort
        ? [askedNode.name]
        : !isCluster && !inside
          ? nodes.map(({ name }) => name)
          : [fromNode];
      const picked = [...new Set(entries.flatMap(answers))];
      return picked.length === 0 ? 'drop' : picked;
    }
  }
  return address.startsWith('10.96.') ? 'drop' : 'pass';
}

const targets = (list: readonly { readonly to: string }[]): string[] => list.map(({ to }) => to);
const sourceOf = (from: string): string => flow(from, '0.0.0.0:1').source.address;

const policy = fc.constantFrom('Cluster' as const, 'Local' as const);
const serviceName = fc.constantFrom('a', 'b', 'c');
const service = fc
  .record({
    name: serviceName,
    headless: fc.boolean(),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('http', 'admin'),
        port: fc.constantFrom(80, 81),
        nodePort: fc.constantFrom(0, 1, 2),
      }),
      { minLength: 1, selector: ({ name }) => name },
    ),
    internalTrafficPolicy: policy,
    externalTrafficPolicy: policy,
    external: fc.boolean(),
    balanced: fc.boolean(),
    affinity: fc.boolean(),
    ranges: fc.constantFrom<string[][]>([], ['172.18.0.254/32'], ['10.244.1.0/24', '172.18.0.0/30']),
  })
  .filter(({ ports }) => new Set(ports.map(({ port }) => port)).size === ports.length)
  .map(({ name, headless, ports, external, balanced, affinity, ranges, ...policies }) => {
    // As the API server allots them: addresses and node ports are one Service's only.
    const index = 'abc'.indexOf(name);
    const spec: Partial<ServiceSpec> = {
      ...policies,
      type: balanced ? 'LoadBalancer' : 'NodePort',
      sessionAffinity: affinity ? 'ClientIP' : 'None',
      loadBalancerSourceRanges: ranges,
      clusterIP: headless ? 'None' : `10.96.0.${index + 1}`,
      externalIPs: external ? [`198.51.100.${index}`] : [],
      ports: ports.map((port, i) => ({ ...port, nodePort: port.nodePort === 0 ? 0 : 30_000 + index * 10 + i })),
    };
    return makeService(name, spec, balanced ? { loadBalancer: { ingress: [{ ip: `127.1.0.${index}` }] } } : {});
  });
const endpoint = fc
  .record({
    node: fc.integer({ min: 1, max: 3 }),
    host: fc.integer({ min: 2, max: 4 }),
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
  .map(({ node, host, hints, ...conditions }) => makeEndpoint(`10.244.${node}.${host}`, { conditions, hints }));
const slice = fc
  .record({
    service: serviceName,
    name: fc.constantFrom('x', 'y', 'z'),
    endpoints: fc.uniqueArray(endpoint, { maxLength: 4, selector: ({ addresses }) => addresses[0] }),
    ports: fc.subarray([
      { name: 'http', port: 8080 },
      { name: 'admin', port: 9090 },
    ]),
  })
  .map(({ service: of, name, endpoints, ports }) => makeSlice(of, endpoints, ports, name));
const step = fc.oneof(
  fc.record({ put: service }),
  fc.record({ put: slice }),
  fc.record({ put: slice }),
  fc.record({ remove: fc.constantFrom('Service/a', 'Service/b', 'EndpointSlice/x', 'EndpointSlice/y') }),
  fc.constant({ sync: true } as const),
);
const source = fc.constantFrom('pod 10.244.1.9', 'pod 10.244.3.2', 'node node-2', 'outside');
const destination = fc.constantFrom(
  '10.96.0.1:80',
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
  '10.244.1.2:8080',
);

it('routes like the plain model after any history of changes, folded into any bursts', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 25 }),
      fc.array(fc.tuple(source, destination), { minLength: 8, maxLength: 20 }),
      (steps, packets) => {
        const table = new RoutingTable();
        const trackers = { Service: new ChangeTracker<Service>(), EndpointSlice: new ChangeTracker<EndpointSlice>() };
        const world = new Map<string, Service | EndpointSlice>();
        const sync = (): void => {
          table.applyServices(trackers.Service.take());
          table.applySlices(trackers.EndpointSlice.take());
        };
        const note = (key: string, current: Service | EndpointSlice | undefined): void => {
          const previous = world.get(key);
          if (current === undefined) world.delete(key);
          else world.set(key, current);
          const [kind, name] = key.split('/') as [keyof typeof trackers, string];
          trackers[kind].note(`default/${name}`, previous as never, current as never);
        };
        for (const one of steps) {
          if ('sync' in one) sync();
          else if ('put' in one) note(`${one.put.kind}/${one.put.metadata.name}`, one.put);
          else note(one.remove, undefined);
        }
        sync();
        const stage = new VirtualIpStage({
          table,
          clock: new VirtualClock(),
          random: seededRandom(1),
          serviceRange: ipv4Range('10.96.0.0/16'),
          nodes: {
            byName: (name) => nodes.find((node) => node.name === name),
            byAddress: (address) => nodes.find((node) => node.addresses.includes(address)),
            all: () => nodes,
          },
        });
        const objects = [...world.values()];
        const services = objects.filter((object): object is Service => object.kind === 'Service');
        const slices = objects.filter((object): object is EndpointSlice => object.kind === 'EndpointSlice');
        for (const [from, to] of packets) {
          const expected = allowed(services, slices, from, to);
          const verdict = stage.decide(flow(from, to));
          const got =
            verdict.action === 'rewrite'
              ? `${verdict.destination.address}:${verdict.destination.port}`
              : verdict.action;
          expect(typeof expected === 'string' ? [expected] : expected, `${from} to ${to}`).toContain(got);
        }
      },
    ),
    {
      numRuns: Number(process.env['RUNS'] ?? 300),
      ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }),
    },
  );
});
