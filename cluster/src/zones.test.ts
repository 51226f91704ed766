import { ENDPOINT_SLICES, EVENTS, NODES, PODS } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster } from './create-cluster.ts';

const ON_EACH_NODE = [1, 2, 3, 4].map(
  (n) => `
apiVersion: v1
kind: Pod
metadata: { name: web-${n}, labels: { app: web } }
spec: { nodeName: node-${n}, containers: [{ name: app, image: 'registry.k8s.io/e2e-test-images/agnhost:2.53', args: [netexec] }] }
`,
);
const SERVICE = (distribution: string): string => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }], trafficDistribution: ${distribution} }
`;

it('spreads nodes over zones in turn, and keeps traffic where a Service wants it', async () => {
  await using cluster = await createCluster({ nodes: 4, zones: 2 });
  const nodes = await cluster.client.list(NODES);
  expect(nodes.items.map(({ metadata }) => metadata.labels!['topology.kubernetes.io/zone'])).toEqual([
    'zone-1',
    'zone-2',
    'zone-1',
    'zone-2',
  ]);
  await cluster.apply([...ON_EACH_NODE, SERVICE('PreferSameZone')].join('---'));
  await cluster.ready();
  const seen = async (from: string): Promise<string[]> => {
    const { stdout } = await cluster.pod(from).exec('for i in $(seq 30); do curl -s http://web/hostname; echo; done');
    return [...new Set(stdout.trim().split('\n'))].toSorted((a, b) => (a < b ? -1 : 1));
  };
  expect(await seen('web-1')).toEqual(['web-1', 'web-3']);
  expect(await seen('web-2')).toEqual(['web-2', 'web-4']);
  await cluster.apply(SERVICE('PreferSameNode'));
  expect(await seen('web-3')).toEqual(['web-3']);
  const { items } = await cluster.client.list(ENDPOINT_SLICES, { namespace: 'default' });
  const hints = items.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.hints?.forNodes?.[0]?.name));
  expect(hints.filter((hint) => hint !== undefined)).toHaveLength(4);
});

it('shares endpoints out over the zones by their CPUs in topology mode Auto, and says when it cannot', async () => {
  await using cluster = await createCluster({ nodes: 4, zones: 2 });
  const auto = SERVICE('null').replace(
    'name: web',
    'name: web, annotations: { service.kubernetes.io/topology-mode: Auto }',
  );
  // Both zones have the same CPUs, and three of the four pods are in zone-1.
  const pods = ON_EACH_NODE.map((pod) => pod.replace('nodeName: node-4', 'nodeName: node-1'));
  await cluster.apply([...pods, auto].join('---'));
  await cluster.ready();
  const hints = async (): Promise<string[]> => {
    const { items } = await cluster.client.list(ENDPOINT_SLICES, { namespace: 'default' });
    const given = items.flatMap(({ endpoints }) => endpoints.flatMap((one) => one.hints?.forZones?.[0]?.name ?? []));
    return given.toSorted((a, b) => (a < b ? -1 : 1));
  };
  expect(await hints()).toEqual(['zone-1', 'zone-1', 'zone-2', 'zone-2']);
  const { stdout } = await cluster.pod('web-2').exec('for i in $(seq 30); do curl -s http://web/hostname; echo; done');
  expect(new Set(stdout.trim().split('\n')).size).toBe(2);
  for (const name of ['web-1', 'web-3', 'web-4']) await cluster.client.delete(PODS, { namespace: 'default', name });
  await cluster.advance('1m');
  expect(await hints()).toEqual([]);
  const { items } = await cluster.client.list(EVENTS, { namespace: 'default' });
  const told = items.filter(({ reason }) => reason?.startsWith('TopologyAware')).map(({ message }) => message);
  expect(told).toContain('Topology Aware Hints has been enabled, addressType: IPv4');
  expect(told).toContain('Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4');
});
