import { DEPLOYMENTS, NODES, PODS, SERVICE_ACCOUNTS, type TokenRequest } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { createCluster, type Cluster } from '../create-cluster.ts';

const pod = (name: string, container: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'main', ...container }] },
});

const restarts = async ({ client }: Cluster, name: string): Promise<number> =>
  (await client.get(PODS, { namespace: 'default', name })).status.containerStatuses![0]!.restartCount;

test('a crash loop backs off by 0, 10, 20, 40, 80, 160 s and then 5 min', async () => {
  await using cluster = await createCluster();
  await cluster.apply(pod('crasher', { image: 'busybox', command: ['sh', '-c', 'exit 1'] }));
  const seen: number[] = [];
  for (const seconds of [5, 20, 45, 90, 170, 315, 615]) {
    await cluster.advance(Date.UTC(2026, 0, 1) + seconds * 1000 - cluster.clock.now());
    seen.push(await restarts(cluster, 'crasher'));
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a liveness probe fails at its period', async () => {
  await using cluster = await createCluster();
  const livenessProbe = { tcpSocket: { port: 9 }, periodSeconds: 60, initialDelaySeconds: 30, failureThreshold: 2 };
  await cluster.apply(pod('dead', { image: 'my-app', livenessProbe }));
  await cluster.advance('80s');
  expect(await restarts(cluster, 'dead')).toBe(0);
  await cluster.advance('20s');
  expect(await restarts(cluster, 'dead')).toBe(1);
});

test('a deployment misses its progress deadline', async () => {
  await using cluster = await createCluster();
  const labels = { app: 'web' };
  const readinessProbe = { tcpSocket: { port: 9 } };
  await cluster.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      progressDeadlineSeconds: 120,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'my-app', readinessProbe }] },
      },
    },
  });
  const progressing = async () => {
    const { status } = await cluster.client.get(DEPLOYMENTS, { namespace: 'default', name: 'web' });
    return status?.conditions?.find(({ type }) => type === 'Progressing')?.reason;
  };
  await cluster.advance('115s');
  expect(await progressing()).toBe('ReplicaSetUpdated');
  await cluster.advance('10s');
  expect(await progressing()).toBe('ProgressDeadlineExceeded');
});

test('a node whose lease is not renewed becomes unknown', async () => {
  await using cluster = await createCluster();
  await cluster.parts.machines.get('node-1')!.stop();
  const ready = async () => {
    const { status } = await cluster.client.get(NODES, { name: 'node-1' });
    return status.conditions?.find(({ type }) => type === 'Ready')?.status;
  };
  await cluster.advance('35s');
  expect(await ready()).toBe('True');
  await cluster.advance('25s');
  expect(await ready()).toBe('Unknown');
});

test('a token expires', async () => {
  await using cluster = await createCluster();
  await cluster.apply(pod('client', { image: 'curl', command: ['sleep', '1d'] }));
  await cluster.pod('client').ready();
  const { status } = (await cluster.client.create(
    SERVICE_ACCOUNTS,
    { metadata: { namespace: 'default', name: 'default' }, spec: { audiences: [], expirationSeconds: 600 } } as never,
    { subresource: 'token' },
  )) as unknown as TokenRequest;
  const ask = async (): Promise<number> => {
    const headers = { Authorization: `Bearer ${status.token}` };
    return (await cluster.pod('client').curl('https://kubernetes.default.svc/api', { args: ['-k'], headers })).status;
  };
  await cluster.advance('9m');
  expect(await ask()).toBe(200);
  await cluster.advance('2m');
  expect(await ask()).toBe(401);
});
