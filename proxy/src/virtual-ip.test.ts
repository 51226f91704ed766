import type { Hop, ServiceSpec, Verdict } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { flow, makeEndpoint, makeService, makeSlice, proxyFixture } from './testing/proxy-fixture.ts';

const VIP = '10.96.1.1';
const web = makeService('web', { clusterIP: VIP });
const one = makeEndpoint('10.244.1.2');
const two = makeEndpoint('10.244.2.2');

const to = (address: string, port: number, sourceAddress?: string): Verdict => ({
  action: 'rewrite',
  destination: { address, port },
  ...(sourceAddress === undefined ? {} : { sourceAddress }),
});
const DROP: Verdict = { action: 'drop' };
const REFUSE: Verdict = { action: 'refuse' };
const PASS: Verdict = { action: 'pass' };

describe('a cluster IP', () => {
  const { decide } = proxyFixture([web], [makeSlice('web', [one])]);
  it.each([
    ['leads to the endpoint and its port', 'pod 10.244.2.9', `${VIP}:80`, to('10.244.1.2', 8080)],
    ['masquerades a pod that reaches itself', 'pod 10.244.1.2', `${VIP}:80`, to('10.244.1.2', 8080, '172.18.0.1')],
    ['answers nodes', 'node node-2', `${VIP}:80`, to('10.244.1.2', 8080)],
    ['does not answer at other ports', 'pod 10.244.2.9', `${VIP}:81`, DROP],
    ['of nobody is lost', 'pod 10.244.2.9', '10.96.9.9:80', DROP],
    ['is none: a pod address', 'pod 10.244.2.9', '10.244.1.2:8080', PASS],
    ['is none: the world', 'pod 10.244.2.9', '192.0.2.1:80', PASS],
  ])('%s', (_, from, destination, verdict) => expect(decide(from, destination)).toEqual(verdict));

  it('has TCP and UDP apart', () => {
    const dns = makeService('dns', {
      clusterIP: '10.96.0.10',
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    });
    const slice = makeSlice(
      'dns',
      [one],
      [
        { name: 'dns', port: 1053, protocol: 'UDP' },
        { name: 'dns-tcp', port: 1054, protocol: 'TCP' },
      ],
    );
    const fixture = proxyFixture([dns], [slice]);
    expect(fixture.decide('pod 10.244.2.9', '10.96.0.10:53', 'UDP')).toEqual(to('10.244.1.2', 1053));
    expect(fixture.decide('pod 10.244.2.9', '10.96.0.10:53', 'TCP')).toEqual(to('10.244.1.2', 1054));
  });

  it('refuses without endpoints, and drops where policy Local has none here', () => {
    expect(proxyFixture([web], []).decide('pod 10.244.2.9', `${VIP}:80`)).toEqual(REFUSE);
    const local = makeService('web', { clusterIP: VIP, internalTrafficPolicy: 'Local' });
    const fixture = proxyFixture([local], [makeSlice('web', [one])]);
    expect(fixture.decide('pod 10.244.2.9', `${VIP}:80`)).toEqual(DROP);
    expect(fixture.decide('pod 10.244.1.9', `${VIP}:80`)).toEqual(to('10.244.1.2', 8080));
  });

  it.each([
    [
      'terminating in one slice, not ready in a later one',
      { ready: false, serving: true, terminating: true },
      { ready: false },
    ],
    ['not ready in one slice, ready in a later one', { ready: false }, { ready: true }],
    ['ready in one slice, not ready in a later one', { ready: true }, { ready: false }],
  ])('counts an endpoint by its better state when it is %s', (_, first, second) => {
    const slices = [first, second].map((conditions, index) =>
      makeSlice('web', [makeEndpoint('10.244.1.2', { conditions })], undefined, `web-${index}`),
    );
    expect(proxyFixture([web], slices).decide('pod 10.244.2.9', `${VIP}:80`)).toEqual(to('10.244.1.2', 8080));
  });

  it('and all other addresses may have leading zeros, as older fields of the API allow', () => {
    const service = makeService(
      'web',
      {
        clusterIP: '10.096.001.001',
        type: 'LoadBalancer',
        externalIPs: ['198.051.100.7'],
        loadBalancerSourceRanges: ['010.0.0.0/08'],
      },
      { loadBalancer: { ingress: [{ ip: '203.000.113.9' }] } },
    );
    const { decide } = proxyFixture([service], [makeSlice('web', [{ ...one, addresses: ['10.244.001.2'] }])]);
    for (const asked of [VIP, '198.51.100.7', '203.0.113.9']) {
      expect(decide('pod 10.244.2.9', `${asked}:80`)).toMatchObject({ destination: { address: '10.244.1.2' } });
    }
  });

  it('spreads over all candidates', () => {
    const fixture = proxyFixture([web], [makeSlice('web', [one, two])]);
    const counts = { '10.244.1.2': 0, '10.244.2.2': 0 };
    for (let i = 0; i < 1_000; i++) {
      const verdict = fixture.decide('pod 10.244.2.9', `${VIP}:80`);
      if (verdict.action === 'rewrite') counts[verdict.destination.address as keyof typeof counts]++;
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(400);
  });

  it('moves to another port, and stops to answer at the old one', () => {
    const fixture = proxyFixture([web], [makeSlice('web', [one])]);
    fixture.setServices(makeService('web', { clusterIP: VIP, ports: [{ port: 8000 }] }));
    expect(fixture.decide('pod 10.244.2.9', `${VIP}:80`)).toEqual(DROP);
    expect(fixture.decide('pod 10.244.2.9', `${VIP}:8000`)).toEqual(to('10.244.1.2', 8080));
    fixture.removeService(web);
    expect(fixture.decide('pod 10.244.2.9', `${VIP}:8000`)).toEqual(DROP);
  });

  it.each([
    ['headless', { clusterIP: 'None' }],
    ['of type ExternalName', { type: 'ExternalName' as const, externalName: 'example.com' }],
  ])('is not had by a Service that is %s', (_, spec) => {
    const fixture = proxyFixture([makeService('web', spec)], [makeSlice('web', [one])]);
    expect(fixture.table.routesOf('default/web')).toEqual([]);
  });
});

describe('node ports', () => {
  const spec = { clusterIP: VIP, type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } as const;
  const slices = [makeSlice('web', [one])];
  const cluster = proxyFixture([makeService('web', { ...spec, ports: [...spec.ports] })], slices);
  const local = proxyFixture(
    [makeService('web', { ...spec, ports: [...spec.ports], externalTrafficPolicy: 'Local' })],
    slices,
  );
  it.each([
    [
      'from outside, masqueraded by the node asked',
      cluster,
      'outside',
      '172.18.0.2:30080',
      to('10.244.1.2', 8080, '172.18.0.2'),
    ],
    ['from a pod', cluster, 'pod 10.244.3.3', '172.18.0.2:30080', to('10.244.1.2', 8080, '172.18.0.2')],
    ["at a node's own loopback", cluster, 'node node-3', '127.0.0.1:30080', to('10.244.1.2', 8080, '172.18.0.3')],
    ['not at a pod address', cluster, 'outside', '10.244.1.2:30080', PASS],
    [
      'Local, from outside at a node with an endpoint, source kept',
      local,
      'outside',
      '172.18.0.1:30080',
      to('10.244.1.2', 8080),
    ],
    ['Local, from outside at a node without', local, 'outside', '172.18.0.2:30080', DROP],
    ['Local, from a pod, short-circuited', local, 'pod 10.244.3.3', '172.18.0.2:30080', to('10.244.1.2', 8080)],
    [
      'Local, from a node, short-circuited and masqueraded',
      local,
      'node node-3',
      '172.18.0.2:30080',
      to('10.244.1.2', 8080, '172.18.0.2'),
    ],
  ])('answer %s', (_, fixture, from, destination, verdict) =>
    expect(fixture.decide(from, destination)).toEqual(verdict),
  );
});

describe('external addresses', () => {
  it('of externalIPs and load balancers answer', () => {
    const service = makeService(
      'web',
      { clusterIP: VIP, type: 'LoadBalancer', externalIPs: ['198.51.100.7'], ports: [{ port: 80, nodePort: 30080 }] },
      { loadBalancer: { ingress: [{ ip: '203.0.113.9' }] } },
    );
    const { decide } = proxyFixture([service], [makeSlice('web', [one])]);
    expect(decide('pod 10.244.2.9', '198.51.100.7:80')).toEqual(to('10.244.1.2', 8080, '172.18.0.2'));
    expect(decide('pod 10.244.2.9', '203.0.113.9:80')).toEqual(to('10.244.1.2', 8080, '172.18.0.2'));
    expect(decide('pod 10.244.2.9', '203.0.113.9:81')).toEqual(PASS);
  });
});

describe("a load balancer's address", () => {
  const balanced = (spec: Partial<ServiceSpec>) =>
    proxyFixture(
      [
        makeService(
          'web',
          {
            clusterIP: VIP,
            type: 'LoadBalancer',
            externalIPs: ['198.51.100.7'],
            ports: [{ port: 80, nodePort: 30080 }],
            ...spec,
          },
          { loadBalancer: { ingress: [{ ip: '127.1.0.9' }] } },
        ),
      ],
      [makeSlice('web', [two])],
    );
  const any = balanced({});
  const local = balanced({ externalTrafficPolicy: 'Local' });
  const ranged = balanced({ loadBalancerSourceRanges: ['203.0.113.0/24', ' 10.244.1.0/24 ', 'fd00::/8'] });
  const host = balanced({ loadBalancerSourceRanges: ['172.18.0.254/32'] });
  const node3 = balanced({ loadBalancerSourceRanges: ['172.18.0.3/32'] });
  it.each([
    ['brings the outside in by the first node', any, 'outside', '127.1.0.9:80', to('10.244.2.2', 8080, '172.18.0.1')],
    ['Local, by a node with an endpoint, source kept', local, 'outside', '127.1.0.9:80', to('10.244.2.2', 8080)],
    ['lets in a source of its ranges', ranged, 'pod 10.244.1.9', '127.1.0.9:80', to('10.244.2.2', 8080, '172.18.0.1')],
    ['gives no answer to a pod of no range', ranged, 'pod 10.244.3.9', '127.1.0.9:80', DROP],
    ['gives no answer to the outside of no range', ranged, 'outside', '127.1.0.9:80', DROP],
    ['lets the outside of its ranges in', host, 'outside', '127.1.0.9:80', to('10.244.2.2', 8080, '172.18.0.1')],
    [
      'knows a node at its own loopback',
      node3,
      'loopback node-3',
      '127.1.0.9:80',
      to('10.244.2.2', 8080, '172.18.0.3'),
    ],
    ['leaves node ports open to all', ranged, 'outside', '172.18.0.2:30080', to('10.244.2.2', 8080, '172.18.0.2')],
    ['leaves external IPs open to all', ranged, 'outside', '198.51.100.7:80', to('10.244.2.2', 8080, '172.18.0.1')],
    ['leaves the cluster IP open to all', ranged, 'pod 10.244.3.9', `${VIP}:80`, to('10.244.2.2', 8080)],
    ['does not answer at the node port', any, 'outside', '127.1.0.9:30080', PASS],
  ])('%s', (_, fixture, from, destination, verdict) => expect(fixture.decide(from, destination)).toEqual(verdict));

  it('spreads the outside over the nodes with endpoints under policy Local, unless clients are to stick', () => {
    const seen = (spec: Partial<ServiceSpec>): number => {
      const fixture = balanced({ externalTrafficPolicy: 'Local', ...spec });
      fixture.setSlices(makeSlice('web', [one, two]));
      const targets = Array.from({ length: 40 }, () => JSON.stringify(fixture.decide('outside', '127.1.0.9:80')));
      return new Set(targets).size;
    };
    expect(seen({})).toBe(2);
    expect(seen({ sessionAffinity: 'ClientIP' })).toBe(1);
  });

  it('tells a trace which ranges it has', () => {
    const hops: Hop[] = [];
    ranged.stage.decide(flow('outside', '127.1.0.9:80', 'TCP', hops));
    expect(hops).toMatchObject([
      {
        verdict: 'dropped',
        reason: 'loadBalancerSourceRanges of Service default/web (203.0.113.0/24, 10.244.1.0/24) has not 172.18.0.254',
      },
    ]);
  });
});

describe('session affinity', () => {
  const endpoints = Array.from({ length: 20 }, (_, i) => makeEndpoint(`10.244.1.${i + 10}`));
  const sticky = makeService('web', {
    clusterIP: VIP,
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
  });
  const target = (verdict: Verdict): string =>
    verdict.action === 'rewrite' ? verdict.destination.address : verdict.action;

  it('keeps a client at its endpoint until it was idle for the timeout', () => {
    const { decide, clock } = proxyFixture([sticky], [makeSlice('web', endpoints)]);
    const ask = (): string => target(decide('pod 10.244.2.9', `${VIP}:80`));
    const first = ask();
    for (let i = 0; i < 10; i++) {
      clock.advance(59_000);
      expect(ask()).toBe(first);
    }
    const later = new Set<string>();
    for (let i = 0; i < 10; i++) {
      clock.advance(60_000);
      later.add(ask());
    }
    expect(later.size).toBeGreaterThan(3);
  });

  it('keeps each client of its own, and moves one whose endpoint is gone', () => {
    const { decide, setSlices } = proxyFixture([sticky], [makeSlice('web', endpoints)]);
    const ask = (pod: number): string => target(decide(`pod 10.244.2.${pod}`, `${VIP}:80`));
    expect(new Set(Array.from({ length: 30 }, (_, pod) => ask(pod + 1))).size).toBeGreaterThan(5);
    const first = ask(1);
    setSlices(
      makeSlice(
        'web',
        endpoints.filter(({ addresses }) => addresses[0] !== first),
      ),
    );
    const second = ask(1);
    expect(second).not.toBe(first);
    setSlices(makeSlice('web', endpoints));
    expect(ask(1)).toBe(second);
  });
});

describe('a tracked UDP flow', () => {
  const leaving = { ready: false, serving: true, terminating: true };
  const gone = { ready: false, serving: false, terminating: true };
  it.each<[string, boolean, object[]]>([
    ['while its endpoint is ready', true, [{ ready: true }, { ready: true }]],
    ['while its endpoint serves, though it is leaving', true, [leaving, { ready: true }]],
    ['no longer than its endpoint serves, where another one does', false, [gone, leaving]],
    ['no longer than its endpoint is there, where another one serves', false, [undefined!, { ready: true }]],
    ['where nobody serves any more', true, [gone, gone]],
    ['where there are no endpoints any more', true, []],
  ])('stands %s', (_, expected, conditions) => {
    const dns = makeService('dns', { clusterIP: VIP, ports: [{ port: 80, protocol: 'UDP' }] });
    const endpoints = [one, two].flatMap((endpoint, index) =>
      conditions[index] === undefined ? [] : [{ ...endpoint, conditions: conditions[index] }],
    );
    const { stage } = proxyFixture([dns], [makeSlice('dns', endpoints, [{ port: 8080, protocol: 'UDP' }])]);
    const asked = flow('pod 10.244.2.9', `${VIP}:80`, 'UDP');
    expect(stage.stands(asked, { address: '10.244.1.2', port: 8080 })).toBe(expected);
  });

  it('stands when its Service is gone', () => {
    const { stage } = proxyFixture([], []);
    expect(stage.stands(flow('pod 10.244.2.9', `${VIP}:80`, 'UDP'), { address: '10.244.1.2', port: 8080 })).toBe(true);
  });
});

describe('a trace', () => {
  const hopOf = (fixture: ReturnType<typeof proxyFixture>, from: string, destination: string): Hop | undefined => {
    const hops: Hop[] = [];
    fixture.stage.decide(flow(from, destination, 'TCP', hops));
    return hops[0];
  };

  it('tells the Service, the candidates and why the one was picked', () => {
    const unready = makeEndpoint('10.244.3.2', {
      conditions: { ready: false },
      targetRef: { kind: 'Pod', namespace: 'default', name: 'web-3' },
    });
    const fixture = proxyFixture([web], [makeSlice('web', [one, unready])]);
    expect(hopOf(fixture, 'pod 10.244.2.9', `${VIP}:80`)).toMatchObject({
      stage: 'service',
      where: 'node-2',
      asked: 'TCP 10.96.1.1:80',
      verdict: '10.244.1.2:8080',
      reason: 'cluster IP of Service default/web: the only candidate (ready)',
      alternatives: [
        { what: '10.244.1.2:8080 on node-1', taken: true },
        { what: '10.244.3.2:8080 pod default/web-3 on node-3', why: 'not ready', taken: false },
      ],
    });
  });

  it.each([
    [`${VIP}:81`, 'Service default/web has no port 81/TCP; it has 80/TCP'],
    ['10.96.9.9:80', 'no Service has the cluster IP 10.96.9.9'],
    [`${VIP}:80`, 'cluster IP of Service default/web: the Service has no endpoints'],
  ])('says why %s does not answer', (destination, reason) => {
    expect(hopOf(proxyFixture([web], []), 'pod 10.244.2.9', destination)).toMatchObject({ ok: false, reason });
  });

  it('names the ports that a Service has where it has not the one asked', () => {
    expect(hopOf(proxyFixture([web], []), 'pod 10.244.2.9', `${VIP}:81`)).toMatchObject({
      alternatives: [{ what: '80/TCP', why: 'another port', taken: false }],
      facts: { service: 'default/web' },
    });
  });

  it('tells of very many endpoints the picked one and some others', () => {
    const many = Array.from({ length: 200 }, (_, n) => makeEndpoint(`10.244.1.${n + 1}`));
    const fixture = proxyFixture([web], [makeSlice('web', many)]);
    for (let times = 0; times < 20; times++) {
      const { alternatives = [], verdict } = hopOf(fixture, 'pod 10.244.2.9', `${VIP}:80`)!;
      expect(alternatives).toHaveLength(33);
      expect(alternatives.filter(({ taken }) => taken).map(({ what }) => what.split(' ')[0])).toEqual([verdict]);
      expect(alternatives.at(-1)).toMatchObject({ what: '168 more endpoints' });
    }
  });
});
