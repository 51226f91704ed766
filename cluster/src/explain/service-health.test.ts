import { DEPLOYMENTS, EVENTS, InformerFactory, SERVICES } from '@kubarium/shared';
import { expect, it } from 'vitest';
import type { Cluster } from '../create-cluster.ts';
import { explainedCluster } from '../testing/explained-cluster.ts';
import { ClusterView } from './cluster-view.ts';
import { ServiceHealth } from './service-health.ts';

const MERGE = 'application/merge-patch+json';
const BACKEND = { namespace: 'default', name: 'backend' };

const patch = (cluster: Cluster, spec: object) => cluster.client.patch(SERVICES, BACKEND, MERGE, { spec });

const findings = async (cluster: Cluster): Promise<string[]> => {
  const { items } = await cluster.client.list(EVENTS, { fieldSelector: 'source=kubarium' });
  return items.map(({ reason, involvedObject }) => `${involvedObject.kind} ${involvedObject.name}: ${reason}`);
};

it('tells once what is wrong with a Service that stays broken, and takes it back when it is mended', async () => {
  await using cluster = await explainedCluster();
  await patch(cluster, { selector: { app: 'backned' } });
  await cluster.advance('5s');
  expect(await findings(cluster)).toEqual([]);
  await cluster.advance('10s');
  expect(await findings(cluster)).toEqual(['Service backend: SelectorMatchesNothing']);
  await cluster.advance('10m');
  const { items } = await cluster.client.list(EVENTS, { fieldSelector: 'source=kubarium' });
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ type: 'Warning', count: 1, source: { component: 'kubarium' } });
  expect(items[0]!.message).toMatch(
    /^selector app=backned matches no pod of namespace default; nearest: pod default\/backend-/,
  );
  await patch(cluster, { selector: { app: 'backend' } });
  await cluster.advance('10s');
  expect(await findings(cluster)).toEqual([]);
});

it('replaces what it told when another thing is wrong', async () => {
  await using cluster = await explainedCluster();
  await patch(cluster, { selector: { app: 'backned' } });
  await cluster.advance('15s');
  await patch(cluster, { selector: { app: 'backend' }, ports: [{ port: 80, targetPort: 81 }] });
  await cluster.advance('40s');
  expect(await findings(cluster)).toEqual(['Service backend: NothingListens']);
});

it('says nothing while a cluster starts, rolls out and is taken down', async () => {
  await using cluster = await explainedCluster();
  await cluster.advance('1m');
  for (const image of ['my-backend-app:v2', 'my-backend-app:v3']) {
    const template = { spec: { containers: [{ name: 'app', image }] } };
    await cluster.client.patch(DEPLOYMENTS, BACKEND, 'application/strategic-merge-patch+json', { spec: { template } });
    for (let second = 0; second < 20; second++) {
      await cluster.advance('1s');
      expect(await findings(cluster)).toEqual([]);
    }
  }
  await cluster.client.delete(SERVICES, BACKEND);
  await cluster.advance('1m');
  expect(await findings(cluster)).toEqual([]);
});

it('takes back what an earlier start has told, where it is no longer so', async () => {
  await using cluster = await explainedCluster();
  const { metadata } = await cluster.client.get(SERVICES, BACKEND);
  await cluster.client.create(EVENTS, {
    metadata: { namespace: 'default', name: 'backend.earlier', labels: { 'sim.kubarium.dev/finding': 'true' } },
    involvedObject: { apiVersion: 'v1', kind: 'Service', ...BACKEND, uid: metadata.uid },
    reason: 'SelectorMatchesNothing',
    type: 'Warning',
    source: { component: 'kubarium' },
  } as never);
  await cluster.advance('1m');
  expect(await findings(cluster)).toEqual(['Service backend: SelectorMatchesNothing']);
  const { client, network, policies, proxy, runtime } = cluster.parts;
  await using informers = new InformerFactory(client, runtime);
  const view = new ClusterView({
    client,
    informers,
    network,
    policies,
    proxy,
    clock: cluster.clock,
    clusterDomain: 'cluster.local',
    dnsAddress: '10.96.0.10',
    dnsService: { namespace: 'kube-system', name: 'kube-dns' },
  });
  await using second = new ServiceHealth(view, runtime);
  await second.start();
  await cluster.advance('10s');
  expect(await findings(cluster)).toEqual([]);
});
