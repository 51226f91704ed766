import { EVENTS, isLoopback, SERVICES, type Service } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster, type Cluster } from './create-cluster.ts';

const web = (type: string, spec = ''): string => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] ${spec} }
`;
const POD = `
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec: { containers: [{ name: app, image: my-app, ports: [{ containerPort: 8080 }] }] }
`;
const get = (cluster: Cluster): Promise<Service> => cluster.client.get(SERVICES, { namespace: 'default', name: 'web' });
const addressOf = (service: Service): string | undefined => service.status.loadBalancer?.ingress?.[0]?.ip;

it('gives a LoadBalancer an address that answers from outside, keeps it, and takes it back with the type', async () => {
  await using cluster = await createCluster();
  await cluster.apply(`${web('LoadBalancer')}---${POD}`);
  await cluster.ready();
  const before = await get(cluster);
  const address = addressOf(before)!;
  expect(isLoopback(address)).toBe(true);
  expect(before.status.loadBalancer).toEqual({ ingress: [{ ip: address, ipMode: 'VIP' }] });
  const outside = cluster.parts.network.host('outside', ['172.18.0.1']).network;
  const connection = await outside.connect({ address, port: 80 });
  connection.destroy();

  await cluster.apply(web('LoadBalancer', ', externalTrafficPolicy: Local'));
  const local = await get(cluster);
  expect([addressOf(local), local.spec.healthCheckNodePort! >= 30_000]).toEqual([address, true]);

  await cluster.apply(web('ClusterIP', ', externalTrafficPolicy: null, healthCheckNodePort: null'));
  expect((await get(cluster)).status.loadBalancer).toEqual({});
  await cluster.apply(web('LoadBalancer'));
  expect(addressOf(await get(cluster))).toBe(address);

  await cluster.advance('1m');
  const { items } = await cluster.client.list(EVENTS, { namespace: 'default' });
  const told = items.filter(({ involvedObject }) => involvedObject.name === 'web' && involvedObject.kind === 'Service');
  expect(new Set(told.map(({ reason }) => reason))).toEqual(new Set(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']));
});

it('leaves a Service of another class alone', async () => {
  await using cluster = await createCluster();
  await cluster.apply(web('LoadBalancer', ', loadBalancerClass: example.com/other'));
  await cluster.advance('1m');
  expect((await get(cluster)).status.loadBalancer).toEqual({});
});

it('gives each Service its own address', async () => {
  await using cluster = await createCluster();
  const services = Array.from({ length: 30 }, (_, i) => web('LoadBalancer').replace('name: web', `name: web-${i}`));
  await cluster.apply(services.join('---'));
  const { items } = await cluster.client.list(SERVICES, { namespace: 'default' });
  const addresses = items.flatMap((service) => addressOf(service) ?? []);
  expect([addresses.length, new Set(addresses).size]).toEqual([30, 30]);
});

it('tells load balancers at each node whether it has endpoints', async () => {
  await using cluster = await createCluster();
  await cluster.apply(`${web('LoadBalancer', ', externalTrafficPolicy: Local, healthCheckNodePort: 30999')}---${POD}`);
  await cluster.ready();
  const asks = ['172.18.0.3', '172.18.0.4'].map((node) => cluster.pod('web').curl(`http://${node}:30999`));
  const answers = await Promise.all(asks);
  expect(answers.map(({ status }) => status)).toEqual(expect.arrayContaining([200, 503]));
});
