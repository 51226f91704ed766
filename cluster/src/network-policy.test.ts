import { expect, it } from 'vitest';
import { createCluster, type Cluster } from './create-cluster.ts';

const workload = (name: string, labels: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { ${labels} } }
spec:
  containers:
    - name: app
      image: my-app
      ports: [{ name: web, containerPort: 8080 }]
      readinessProbe: { httpGet: { path: /, port: web }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: web }] }
`;

const policy = (name: string, spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: ${spec}
`;

async function fullStack(): Promise<Cluster> {
  const cluster = await createCluster();
  const pods = [
    workload('frontend', 'app: frontend'),
    workload('backend', 'app: backend'),
    workload('db', 'app: db, tier: data'),
  ];
  await cluster.apply(pods.join('---'));
  await cluster.ready();
  return cluster;
}

/** curl's exit code for a request from a pod, 0 where it was answered. */
async function exitOf(cluster: Cluster, from: string, url: string): Promise<number> {
  return (await cluster.pod(from).exec(['curl', '-s', '-o', '/dev/null', '--connect-timeout', '2', url])).exitCode;
}

it('shuts a database to all but its backend, by Service name, probes going on', async () => {
  await using cluster = await fullStack();
  expect(await exitOf(cluster, 'frontend', 'http://db')).toBe(0);
  await cluster.apply(
    [
      policy('default-deny', '{ podSelector: {}, policyTypes: [Ingress] }'),
      policy(
        'db-from-backend',
        '{ podSelector: { matchLabels: { app: db } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: backend } } }], ports: [{ port: web }] }] }',
      ),
    ].join('---'),
  );
  expect(await exitOf(cluster, 'frontend', 'http://db')).toBe(28);
  expect(await exitOf(cluster, 'backend', 'http://db')).toBe(0);
  expect(await exitOf(cluster, 'db', 'http://backend')).toBe(28);
  await cluster.advance('1m');
  const { status } = await cluster.pod('db').get();
  expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  // A new label of the client counts at once.
  const [pod] = await cluster.apply(workload('frontend', 'app: backend').split('---')[0]!);
  expect(pod!.metadata.labels).toEqual({ app: 'backend' });
  expect(await exitOf(cluster, 'frontend', 'http://db')).toBe(0);
});

it('keeps a pod from asking the DNS where its egress is denied, and lets it where that is allowed', async () => {
  await using cluster = await fullStack();
  const deny = (rules: string): string =>
    policy('egress', `{ podSelector: { matchLabels: { app: frontend } }, policyTypes: [Egress], egress: ${rules} }`);
  await cluster.apply(deny('[]'));
  const looked = await cluster.pod('frontend').exec(['nslookup', 'backend']);
  expect(looked.exitCode).toBe(1);
  const dns =
    '{ to: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }], ports: [{ port: 53, protocol: UDP }] }';
  await cluster.apply(deny(`[${dns}, { to: [{ podSelector: { matchLabels: { app: backend } } }] }]`));
  expect(await exitOf(cluster, 'frontend', 'http://backend')).toBe(0);
  expect(await exitOf(cluster, 'frontend', 'http://db')).toBe(28);
});

it('says the verdict of some traffic without sending any', async () => {
  await using cluster = await fullStack();
  await cluster.apply(policy('deny', '{ podSelector: { matchLabels: { tier: data } } }'));
  const address = async (name: string): Promise<string> => (await cluster.pod(name).get()).status.podIP!;
  const { policies } = cluster.parts;
  const [source, destination] = [policies.endAt(await address('backend')), policies.endAt(await address('db'))];
  expect(policies.verdict({ protocol: 'TCP', source, destination, port: 8080 })).toMatchObject({
    allowed: false,
    reason: 'ingress of pod default/db is denied by policy default/deny: it allows no ingress at all',
  });
});
