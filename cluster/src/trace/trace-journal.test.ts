import { NAMESPACES, SERVICES, type WatchEvent } from '@kubarium/shared';
import { expect, it } from 'vitest';
import type { Cluster } from '../create-cluster.ts';
import { explainedCluster } from '../testing/explained-cluster.ts';
import { TRACES, type Trace } from './trace-resource.ts';

/** Follows the traces of a cluster from now on. */
async function follow(cluster: Cluster, fieldSelector = '') {
  const { resourceVersion } = (await cluster.client.list(TRACES)).metadata;
  const seen: Trace[] = [];
  const stop = cluster.client.watch(
    TRACES,
    { resourceVersion, fieldSelector },
    { event: ({ object }: WatchEvent<Trace>) => void seen.push(object), end: () => undefined },
  );
  return { seen, stop };
}

const lineOf = ({ spec, status: { verdict, source, destination, service } }: Trace): string =>
  `${spec.protocol} ${source.pod ?? source.node} > ${service ?? spec.destination} > ${destination?.pod ?? '-'}: ${verdict}`.replaceAll(
    /(backend|coredns)-[a-z0-9]+-[a-z0-9]{5}/g,
    '$1',
  );

const DENY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: quiet }
spec: { podSelector: { matchLabels: { app: backend } }, policyTypes: [Ingress] }
`;

const ALLOW = `${DENY}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: same-namespace }
spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }
`;

it('brings every connection and datagram, with the Service it was for, the pod it got to and the hops', async () => {
  await using cluster = await explainedCluster();
  const { seen, stop } = await follow(cluster, 'pod=default/frontend');
  await cluster.pod('frontend').exec('curl -s http://backend');
  expect(seen.map(lineOf)).toEqual([
    'UDP default/frontend > kube-system/kube-dns > kube-system/coredns: Delivered',
    'TCP default/frontend > default/backend > default/backend: Delivered',
  ]);
  expect(seen[0]!.spec).toMatchObject({
    destination: '10.96.0.10:53',
    question: 'backend.default.svc.cluster.local A',
  });
  const [, { kind, metadata, spec, status }] = seen as [Trace, Trace];
  expect({ kind, name: metadata.name, namespace: metadata.namespace, pod: spec.pod }).toMatchObject({
    kind: 'Trace',
    name: expect.stringMatching(/^frontend-\d+$/),
    namespace: 'default',
    pod: 'frontend',
  });
  expect(status.hops.map(({ stage, verdict }) => `${stage} ${verdict}`.replace(/[\d.]+:/, ''))).toEqual([
    'service 8080',
    'connect connected',
  ]);
  expect(status.reason).toMatch(/^cluster IP of Service default\/backend: random among 2 \(ready\)$/);
  stop();
  await cluster.pod('frontend').exec('curl -s http://backend');
  await cluster.settle();
  expect(seen).toHaveLength(2);
  const kept = await cluster.client.list(TRACES, { fieldSelector: 'pod=default/frontend' });
  expect(kept.items.map(({ metadata: { name } }) => name)).toEqual(seen.map(({ metadata: { name } }) => name));
});

it('finds flows by their fields, and tells of each why it came to nothing', async () => {
  await using cluster = await explainedCluster();
  await cluster.apply(DENY);
  const selectors = {
    'status.verdict=Denied': ['Denied: ingress of pod default/backend'],
    'status.service=default/backend,status.verdict=Dropped': [
      'Dropped: Service default/backend has no port 81/TCP; it has 80/TCP',
    ],
    'status.destination.pod=default/frontend': ['Refused: nothing listens on 127.0.0.1:82; no port is open'],
    'status.source.pod=default/frontend,status.verdict=Unreachable': [
      'Unreachable: no pod has the address of 10.244.0.250:80',
    ],
    'pod=default/frontend,status.verdict!=Delivered,status.verdict!=Denied,status.verdict!=Dropped,status.verdict!=Refused':
      ['Unreachable: no pod has the address of 10.244.0.250:80'],
    'namespace=shop': [],
  };
  const follows = await Promise.all(Object.keys(selectors).map((selector) => follow(cluster, selector)));
  for (const url of ['http://backend', 'http://backend:81', 'http://127.0.0.1:82', 'http://10.244.0.250']) {
    await cluster.pod('frontend').exec(`curl -s -m 1 ${url}; true`);
  }
  // What was denied is found by the pod that it did not get to.
  const [denied] = follows[0]!.seen;
  expect(denied!.status.destination).toMatchObject({ pod: expect.stringMatching(/^default\/backend-/), port: 8080 });
  const found = follows.map(({ seen }) => seen.map(({ status }) => `${status.verdict}: ${status.reason}`));
  expect(found).toEqual(Object.values(selectors).map((texts) => texts.map((text) => expect.stringContaining(text))));
});

it('keeps the request of `curl -v`, which tells how to see it, and nothing without `-v`', async () => {
  await using cluster = await explainedCluster();
  const verbose = await cluster.pod('frontend').exec('curl -sv http://backend');
  const [, name] = /^\* Kubarium: kubarium trace --show (\S+)$/m.exec(verbose.stderr)!;
  const { spec, status } = await cluster.client.get(TRACES, { namespace: 'default', name: name! });
  expect(spec).toMatchObject({ pod: 'frontend', container: 'shell', url: 'http://backend' });
  expect(status).toMatchObject({ verdict: 'Answered', service: 'default/backend', response: { code: 200 } });
  expect(status.destination).toMatchObject({ pod: expect.stringMatching(/^default\/backend-/), port: 8080 });
  expect(status.hops.map(({ stage }) => stage)).toEqual([
    'service',
    'datagram',
    'dns',
    'resolver',
    'service',
    'connect',
    'http',
  ]);
  await cluster.client.create(NAMESPACES, { metadata: { name: 'shop' } } as never);
  const failed = await cluster.pod('frontend').exec('curl -v http://nowhere; true');
  expect(failed.stderr).toMatch(/\* Kubarium: .*\ncurl: \(6\) Could not resolve host: nowhere\n$/);
  await cluster.pod('frontend').exec('curl -s http://backend');
  const { items } = await cluster.client.list(TRACES);
  expect(items.map((trace) => `${trace.spec.url} ${trace.status.verdict}`)).toEqual([
    'http://backend Answered',
    'http://nowhere Unresolved',
  ]);
  expect(items[1]!.status.error).toBe('curl: (6) Could not resolve host: nowhere');
});

it('keeps what was created, under its own name or one of the pod', async () => {
  await using cluster = await explainedCluster();
  const create = async (metadata: object): Promise<Trace> => {
    let made: Trace | undefined;
    const draft = { metadata: { namespace: 'default', ...metadata }, spec: { pod: 'frontend', url: 'http://backend' } };
    const asked = cluster.client.create<Trace>(TRACES, draft as never).then((trace) => (made = trace));
    await cluster.advanceUntil(() => made !== undefined, '1m');
    return asked;
  };
  const [unnamed, named, again] = [await create({}), await create({ name: 'mine' }), await create({ name: 'mine' })];
  expect(unnamed.metadata.name).toBe('frontend-1');
  const kept = await cluster.client.list(TRACES);
  expect(kept.items.map(({ metadata }) => metadata.name)).toEqual(['frontend-1', 'mine']);
  expect(kept.items[1]!.metadata.uid).toBe(again.metadata.uid);
  expect(named.status.response!.body).toContain('Hello from backend-');
});

it('tells at each hop of a request where, what, why, what else there was, and the time that was spent', async () => {
  await using cluster = await explainedCluster();
  await cluster.client.create(NAMESPACES, { metadata: { name: 'shop' } } as never);
  await cluster.apply(ALLOW);
  await cluster.pod('frontend').exec('curl -v http://backend.shop; curl -v http://backend; true');
  const { items } = await cluster.client.list(TRACES);
  const hops = items.flatMap(({ status }) => status.hops);
  for (const { where, asked, reason, spentMs, timeMs } of hops) {
    expect([where, asked, reason].every((text) => text !== '')).toBe(true);
    expect(spentMs).toBeLessThanOrEqual(timeMs);
  }
  const lost = (stage: string, verdict: string): string[] => {
    const hop = hops.find((one) => one.stage === stage && one.verdict === verdict);
    return (hop?.alternatives ?? []).filter(({ taken }) => !taken).map(({ what, why }) => `${what}: ${why}`);
  };
  expect(hops.filter(({ stage }) => stage === 'dns').map(({ alternatives }) => alternatives)).toContainEqual([
    { what: 'Service default/backend', why: 'in another namespace', taken: false },
  ]);
  const { spec } = await cluster.client.get(SERVICES, { namespace: 'default', name: 'backend' });
  expect(lost('resolver', spec.clusterIP!)).toEqual([
    'backend.svc.cluster.local: not asked, since an earlier one has an address',
    'backend.cluster.local: not asked, since an earlier one has an address',
    'backend: not asked, since an earlier one has an address',
  ]);
  expect(lost('policy', 'allowed')).toEqual(['default/quiet: not needed: one rule is enough']);
  const service = hops.findLast(({ stage }) => stage === 'service')!;
  expect(service.alternatives!.map(({ why }) => why).toSorted()).toEqual(['not picked', 'random among 2 (ready)']);
});
