import { ENDPOINT_SLICES, ENDPOINTS, NAMESPACES, SERVICES, type Resource } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster } from '../create-cluster.ts';

it.each<[string, Resource, string | undefined, string]>([
  ['services', SERVICES, 'default', 'kubernetes'],
  ['endpoints', ENDPOINTS, 'default', 'kubernetes'],
  ['endpointslices', ENDPOINT_SLICES, 'default', 'kubernetes'],
  ['namespaces', NAMESPACES, undefined, 'kube-node-lease'],
])('brings the %s back that an API server makes', async (_, resource, namespace, name) => {
  await using cluster = await createCluster();
  const target = { namespace, name };
  const { metadata: before, ...content } = await cluster.client.get(resource, target);
  await cluster.client.delete(resource, target);
  await cluster.advance('10s');
  const { metadata: after, ...restored } = await cluster.client.get(resource, target);
  expect(after.uid).not.toBe(before.uid);
  expect({ ...restored, labels: after.labels }).toEqual({ ...content, labels: before.labels });
});
