import { SERVICES } from '@kubarium/shared';
import { expect, it } from 'vitest';
import type { Cluster } from '../create-cluster.ts';
import { explainedCluster } from '../testing/explained-cluster.ts';
import { TRAFFICS, type Traffic, type TrafficSpec, type TrafficStatus } from './traffic-resource.ts';

const traffic = async (cluster: Cluster, spec: Partial<TrafficSpec>): Promise<TrafficStatus> => {
  let status: TrafficStatus | undefined;
  const draft = {
    metadata: { namespace: 'default' },
    spec: { pod: 'frontend', url: 'http://backend', rate: 20, durationSeconds: 5, ...spec },
  };
  const asked = cluster.client.create<Traffic>(TRAFFICS, draft as never).then((answer) => (status = answer.status));
  await cluster.advanceUntil(() => status !== undefined, '5m');
  await asked;
  return status!;
};

it('makes as many requests as it was asked for, and says which endpoints they went to', async () => {
  await using cluster = await explainedCluster();
  const before = cluster.clock.now();
  const { requests, answered, errors, latenciesMs, endpoints } = await traffic(cluster, {});
  expect({ requests, answered, errors, measured: latenciesMs.length }).toEqual({
    requests: 100,
    answered: 100,
    errors: [],
    measured: 100,
  });
  expect(cluster.clock.now() - before).toBeGreaterThanOrEqual(4_950);
  expect(endpoints).toHaveLength(2);
  expect(endpoints[0]!.count + endpoints[1]!.count).toBe(100);
  expect(endpoints[1]!.count).toBeGreaterThan(25);
  expect(endpoints[0]!.target).toMatch(/^pod default\/backend-/);
});

it('counts failures by their cause', async () => {
  await using cluster = await explainedCluster();
  const ports = [{ port: 80, targetPort: 81 }];
  await cluster.client.patch(SERVICES, { namespace: 'default', name: 'backend' }, 'application/merge-patch+json', {
    spec: { ports },
  });
  await cluster.settle();
  const { answered, errors } = await traffic(cluster, { durationSeconds: 1 });
  expect(answered).toBe(0);
  expect(errors).toEqual([
    {
      cause: 'connect: connection refused: nothing listens on port 81 of the endpoint; open: TCP 0.0.0.0:8080',
      count: 20,
    },
  ]);
});

it('refuses loads that are too large, and says which', async () => {
  await using cluster = await explainedCluster();
  const draft = {
    metadata: { namespace: 'default' },
    spec: { pod: 'frontend', url: '', rate: 501, durationSeconds: 1 },
  };
  await expect(cluster.client.create<Traffic>(TRAFFICS, draft as never)).rejects.toThrow(
    /spec\.url: Required value.*spec\.rate: Invalid value: 501/,
  );
});
