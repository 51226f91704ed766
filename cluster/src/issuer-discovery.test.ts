import { PODS } from '@kubarium/shared';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCluster, type Cluster } from './create-cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster();
  // Pods ask for the issuer by its name.
  await cluster.ready();
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** A pod that checks its own token, as agnhost of the Kubernetes tests does. */
const pod = (name: string, audience: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  containers:
    - name: agnhost
      image: registry.k8s.io/e2e-test-images/agnhost:2.53
      args: [test-service-account-issuer-discovery, --token-path, /tokens/mine, --audience, ${audience}]
      volumeMounts: [{ name: tokens, mountPath: /tokens }]
  volumes:
    - name: tokens
      projected: { sources: [{ serviceAccountToken: { path: mine, audience: shop, expirationSeconds: 7200 } }] }
`;

it.each([
  [
    'takes a token that the discovered keys have signed',
    'shop',
    'Succeeded',
    /^token of system:serviceaccount:default:default, issued by https:\S+ for shop: valid\n$/,
  ],
  // Nor can a stranger to the cluster check it, who has not its authority's certificate.
  [
    'does not take one for somebody else',
    'bank',
    'Failed',
    /^agnhost: the token is for shop, not for bank\nagnhost: .*certificate.*\n$/,
  ],
])('%s', async (_title, audience, phase, says) => {
  const name = `for-${audience}`;
  await cluster.apply(pod(name, audience));
  const get = () => cluster.client.get(PODS, { namespace: 'default', name });
  await cluster.advanceUntil(async () => ['Succeeded', 'Failed'].includes((await get()).status.phase!), '1m');
  expect((await get()).status.phase).toBe(phase);
  expect(await cluster.pod(name).logs()).toMatch(says);
});
