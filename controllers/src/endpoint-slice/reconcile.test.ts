import type { EndpointSlice, Pod, Service, ServiceSpec } from '@kubarium/shared';
import { makeNode, makePod, makeService } from '@kubarium/shared/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slicePlan, type SlicePlan } from './reconcile.ts';

const serviceOf = (spec: Partial<ServiceSpec> = {}, labels?: Record<string, string>): Service =>
  makeService({
    metadata: { uid: 's1', ...(labels === undefined ? {} : { labels }) },
    spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
  });

interface Shape {
  ready?: boolean;
  dying?: boolean;
  ip?: string;
  port?: number;
  phase?: 'Failed' | 'Running';
  hostname?: string;
}

const pod = (
  name: string,
  { ready = true, dying, ip = `10.244.0.${name}`, port, phase = 'Running', hostname }: Shape = {},
): Pod =>
  makePod({
    metadata: { name, uid: name, ...(dying === true ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
    spec: {
      nodeName: 'n1',
      containers: [
        { name: 'c', image: 'i', ...(port === undefined ? {} : { ports: [{ name: 'http', containerPort: port }] }) },
      ],
      ...(hostname === undefined ? {} : { hostname, subdomain: 'web' }),
    },
    status: { phase, podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

const NODE = makeNode({ metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } });
const plan = (service: Service, pods: Pod[], slices: EndpointSlice[] = [], triggerTime?: string): SlicePlan =>
  slicePlan({ service, pods, slices, nodeOf: () => NODE, zoneShares: () => undefined, triggerTime });

let made = 0;
/** What the API would hold after the plan. */
function applied(slices: readonly EndpointSlice[], { create, update, remove }: SlicePlan): EndpointSlice[] {
  const updated = new Map(update.map((slice) => [slice.metadata.name, slice]));
  const created = create.map((draft) => ({
    ...draft,
    metadata: { ...draft.metadata, name: `web-${made++}`, uid: `u${made}`, resourceVersion: '1' },
  })) as EndpointSlice[];
  return [
    ...slices.filter((slice) => !remove.includes(slice)).map((slice) => updated.get(slice.metadata.name) ?? slice),
    ...created,
  ];
}
const names = (slice: EndpointSlice): string[] => slice.endpoints.map(({ targetRef }) => targetRef!.name!);
const writes = ({ create, update, remove }: SlicePlan): [number, number, number] => [
  create.length,
  update.length,
  remove.length,
];
const many = (from: number, to: number): Pod[] => Array.from({ length: to - from }, (_, i) => pod(String(from + i)));

describe('slicePlan', () => {
  it('makes a slice as the real controller does', () => {
    const { create } = plan(serviceOf({}, { a: 'b' }), [pod('1')], [], '2026-01-01T00:00:05Z');
    expect(create).toEqual([
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          generateName: 'web-',
          namespace: 'default',
          labels: {
            a: 'b',
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:05Z' },
          ownerReferences: [
            { apiVersion: 'v1', kind: 'Service', name: 'web', uid: 's1', controller: true, blockOwnerDeletion: true },
          ],
        },
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.244.0.1'],
            conditions: { ready: true, serving: true, terminating: false },
            nodeName: 'n1',
            targetRef: { kind: 'Pod', namespace: 'default', name: '1', uid: '1' },
            zone: 'z1',
          },
        ],
        ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      },
    ]);
  });

  it.each<[string, Partial<ServiceSpec>, Shape, object]>([
    ['a ready pod', {}, {}, { ready: true, serving: true, terminating: false }],
    ['a pod that is not ready', {}, { ready: false }, { ready: false, serving: false, terminating: false }],
    ['a dying pod that still serves', {}, { dying: true }, { ready: false, serving: true, terminating: true }],
    [
      'a pod that is not ready, published anyway',
      { publishNotReadyAddresses: true },
      { ready: false },
      { ready: true, serving: false, terminating: false },
    ],
  ])('gives %s its conditions', (_title, spec, shape, conditions) => {
    expect(plan(serviceOf(spec), [pod('1', shape)]).create[0]!.endpoints![0]!.conditions).toEqual(conditions);
  });

  it.each<[string, string | undefined, Shape, object | undefined]>([
    ['nothing without trafficDistribution', undefined, {}, undefined],
    ['its zone with PreferClose', 'PreferClose', {}, { forZones: [{ name: 'z1' }] }],
    ['its zone with PreferSameZone', 'PreferSameZone', {}, { forZones: [{ name: 'z1' }] }],
    [
      'its node and zone with PreferSameNode',
      'PreferSameNode',
      {},
      { forNodes: [{ name: 'n1' }], forZones: [{ name: 'z1' }] },
    ],
    ['nothing while it is not ready', 'PreferSameNode', { ready: false }, undefined],
  ])('hints an endpoint to %s', (_title, trafficDistribution, shape, hints) => {
    const { create } = plan(serviceOf({ trafficDistribution }), [pod('1', shape)]);
    expect(create[0]!.endpoints![0]!.hints).toEqual(hints);
  });

  it('rewrites the hints when trafficDistribution changes', () => {
    const slices = applied([], plan(serviceOf(), [pod('1')]));
    const { update } = plan(serviceOf({ trafficDistribution: 'PreferClose' }), [pod('1')], slices);
    expect(update.map(({ endpoints }) => endpoints[0]!.hints)).toEqual([{ forZones: [{ name: 'z1' }] }]);
  });

  it('leaves out ended pods and pods without address', () => {
    const { create } = plan(serviceOf(), [pod('1', { phase: 'Failed' }), pod('2', { ip: '' }), pod('3')]);
    expect(create.map((draft) => names(draft as EndpointSlice))).toEqual([['3']]);
  });

  it('names an endpoint only by a hostname in this Service', () => {
    const { create } = plan(serviceOf(), [pod('1', { hostname: 'db-0' }), pod('2')]);
    expect(create[0]!.endpoints!.map(({ hostname }) => hostname)).toEqual(['db-0', undefined]);
  });

  it('puts pods that mean different numbers by a port name into different slices, and keeps those that lack it', () => {
    const service = serviceOf({ ports: [{ name: 'http', port: 80, targetPort: 'http' }] });
    const { create } = plan(service, [
      pod('1', { port: 8080 }),
      pod('2', { port: 9090 }),
      pod('3', { port: 8080 }),
      pod('4'),
    ]);
    expect(create.map((draft) => [draft.ports!.map(({ port }) => port), names(draft as EndpointSlice)])).toEqual([
      [[8080], ['1', '3']],
      [[9090], ['2']],
      [[], ['4']],
    ]);
  });

  it('keeps one empty slice for a Service without endpoints, and turns it into the first real one', () => {
    const service = serviceOf();
    const empty = applied([], plan(service, []));
    expect(empty).toMatchObject([{ endpoints: [], ports: [] }]);
    expect(writes(plan(service, [], empty))).toEqual([0, 0, 0]);
    const first = plan(service, [pod('1')], empty);
    expect(writes(first)).toEqual([0, 1, 0]);
    expect(writes(plan(service, [], applied(empty, first)))).toEqual([0, 1, 0]);
  });

  it('marks the slices of a headless Service', () => {
    const { create } = plan(serviceOf({ clusterIP: 'None' }), [pod('1')]);
    expect(create[0]!.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  });

  it('holds at most 100 endpoints in a slice', () => {
    const slices = applied([], plan(serviceOf(), many(0, 250)));
    expect(slices.map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
  });

  it('touches one slice for one change', () => {
    const service = serviceOf();
    const slices = applied([], plan(service, many(0, 250)));
    const changed = many(0, 250);
    changed[120] = pod('120', { ready: false });
    expect(writes(plan(service, changed, slices))).toEqual([0, 1, 0]);
    expect(writes(plan(service, many(1, 250), slices))).toEqual([0, 1, 0]);
    expect(writes(plan(service, many(0, 251), slices))).toEqual([0, 1, 0]);
    expect(writes(plan(service, many(0, 250), slices))).toEqual([0, 0, 0]);
  });

  it('replaces a pod within the slice that lost one', () => {
    const service = serviceOf();
    const slices = applied([], plan(service, many(0, 200)));
    const next = plan(service, [...many(1, 200), pod('new')], slices);
    expect(writes(next)).toEqual([0, 1, 0]);
    expect(next.update[0]!.metadata.name).toBe(slices[0]!.metadata.name);
  });

  it('rewrites a slice whose labels were changed, and leaves the trigger time out where nothing new was seen', () => {
    const service = serviceOf();
    const [slice] = applied([], plan(service, [pod('1')], [], '2026-01-01T00:00:05Z'));
    const foreign = { ...slice!, metadata: { ...slice!.metadata, labels: {} } };
    const { update } = plan(service, [pod('1')], [foreign]);
    expect(update[0]!.metadata.labels).toEqual(slice!.metadata.labels);
    expect(update[0]!.metadata.annotations).toEqual({});
  });

  it('always holds exactly the endpoints there are, within the limit, through any changes', () => {
    const service = serviceOf();
    const step = fc.record({ from: fc.nat(350), to: fc.nat(350), unready: fc.nat(350) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let slices: EndpointSlice[] = [];
        for (const { from, to, unready } of steps) {
          const pods = many(Math.min(from, to), Math.max(from, to)).map((each) =>
            each.metadata.name === String(unready) ? pod(String(unready), { ready: false }) : each,
          );
          slices = applied(slices, plan(service, pods, slices));
          expect(slices.every(({ endpoints }) => endpoints.length <= 100)).toBe(true);
          expect(slices.flatMap(names).sort()).toEqual(pods.map(({ metadata }) => metadata.name).sort());
          expect(writes(plan(service, pods, slices))).toEqual([0, 0, 0]);
        }
      }),
      { numRuns: 50 },
    );
  });
});
