import { PODS } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { createCluster, type Cluster } from './create-cluster.ts';

/** Pods that tell their name over HTTP and UDP; `http` is another number on each. One is in its node's network. */
const pod = (name: string, node: number, port: number, spec = ''): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web, pod: ${name} } }
spec:
  nodeName: node-${node}
  ${spec}
  containers:
    - name: app
      image: registry.k8s.io/e2e-test-images/agnhost:2.53
      args: [netexec, --http-port=${port}, --udp-port=${port + 1}]
      lifecycle: { preStop: { exec: { command: [sleep, '20'] } } }
      ports: [{ name: http, containerPort: ${port} }, { name: udp, containerPort: ${port + 1}, protocol: UDP }]
      readinessProbe: { exec: { command: [sh, -c, '! test -e /unready'] }, periodSeconds: 1 }
`;
const service = (name: string, spec: string): string => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: ${spec}
`;
const HTTP = 'ports: [{ name: http, port: 80, targetPort: http }]';

async function fixture(): Promise<Cluster> {
  const cluster = await createCluster();
  await cluster.apply(
    [
      pod('one', 1, 8080),
      pod('two', 2, 9090).replace('containerPort: 9090', 'containerPort: 9090, hostPort: 8888'),
      pod('host', 2, 7070, 'hostNetwork: true'),
      pod('client', 1, 6060).replace('app: web', 'app: client'),
    ].join('---'),
  );
  await cluster.ready();
  return cluster;
}

/** Who answers a pod's requests, in the order of their names; or curl's exit code. */
async function answers(cluster: Cluster, url: string, from = 'client', count = 20): Promise<string> {
  const once = `curl -s --connect-timeout 2 ${url}/hostname || echo $?`;
  const { stdout } = await cluster.pod(from).exec(`for i in $(seq ${count}); do ${once}; echo; done`);
  const names = new Set(stdout.split('\n').filter((line) => line !== ''));
  return [...names].toSorted((a, b) => (a < b ? -1 : 1)).join(' ');
}

it('leads Services of all kinds to their pods', async () => {
  await using cluster = await fixture();
  const slice = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: by-slice-1, labels: { kubernetes.io/service-name: by-slice } }
addressType: IPv4
ports: [{ name: http, port: 9090 }]
endpoints: [{ addresses: [${(await cluster.pod('two').get()).status.podIP!}] }]
`;
  const endpoints = `
apiVersion: v1
kind: Endpoints
metadata: { name: by-endpoints }
subsets: [{ addresses: [{ ip: ${(await cluster.pod('one').get()).status.podIP!} }], ports: [{ name: http, port: 8080 }] }]
`;
  await cluster.apply(
    [
      service('all', `{ selector: { app: web }, ${HTTP} }`),
      service('headless', `{ clusterIP: None, selector: { pod: one } }`),
      service('alias', `{ type: ExternalName, externalName: all.default.svc.cluster.local }`),
      service('external', `{ selector: { pod: two }, externalIPs: [198.51.100.7], ${HTTP} }`),
      service('local', `{ selector: { app: web }, internalTrafficPolicy: Local, ${HTTP} }`),
      service(
        'both',
        `{ selector: { pod: one }, ports: [{ name: a, port: 80, targetPort: 8080 }, { name: b, port: 81, targetPort: http }] }`,
      ),
      service('numbers', `{ selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }`),
      service('by-slice', `{ ${HTTP} }`),
      slice,
      service('by-endpoints', `{ ${HTTP} }`),
      endpoints,
      service('udp', `{ selector: { pod: two }, ports: [{ port: 53, protocol: UDP, targetPort: udp }] }`),
    ].join('---'),
  );
  const node2 = (await cluster.pod('host').get()).status.podIP!;
  const rows: readonly [string, string][] = [
    // Named target ports are each pod's own; a pod in its node's network answers at the node's address.
    ['http://all', 'node-2 one two'],
    ['http://headless:8080', 'one'],
    ['http://alias', 'node-2 one two'],
    ['http://198.51.100.7', 'two'],
    ['http://local', 'one'],
    ['http://both', 'one'],
    ['http://both:81', 'one'],
    // A number is the same on each pod, and only one listens there.
    ['http://numbers', '7 one'],
    ['http://by-slice', 'two'],
    ['http://by-endpoints', 'one'],
    [`http://${node2}:7070`, 'node-2'],
    [`http://${node2}:8888`, 'two'],
  ];
  for (const [url, names] of rows) expect([url, await answers(cluster, url)]).toEqual([url, names]);
  expect((await cluster.pod('client').exec('echo hostname | nc -u -w 1 udp 53')).stdout).toBe('two');
  // A pod that its Service leads back to itself sees its node's address, as a masquerading bridge has it.
  const { stdout } = await cluster.pod('one').exec('curl -s http://both/clientip');
  expect(stdout).toContain(`${(await cluster.pod('one').get()).status.hostIP}:`);
});

it('follows its pods and its own changes', async () => {
  await using cluster = await fixture();
  const web = (spec: string): Promise<unknown> => cluster.apply(service('web', spec));
  await web(`{ selector: { app: web, pod: one }, ${HTTP} }`);
  expect(await answers(cluster, 'http://web')).toBe('one');
  // Not ready: refused, but where the Service publishes pods in any state.
  await cluster.pod('one').exec('touch /unready');
  await cluster.advance('10s');
  expect(await answers(cluster, 'http://web', 'client', 1)).toBe('7');
  await web(`{ selector: { app: web, pod: one }, publishNotReadyAddresses: true, ${HTTP} }`);
  expect(await answers(cluster, 'http://web')).toBe('one');
  // A port that is gone does not answer, the new one does; another selector leads elsewhere.
  await web(`{ selector: { app: web, pod: two }, ports: [{ name: http, port: 81, targetPort: http }] }`);
  expect(await answers(cluster, 'http://web', 'client', 1)).toBe('28');
  expect(await answers(cluster, 'http://web:81')).toBe('two');
  // ClientIP affinity, until the client was away for its time.
  await cluster.pod('one').exec('rm /unready');
  await cluster.advance('10s');
  const affinity = 'sessionAffinity: ClientIP, sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } }';
  await web(`{ selector: { app: web }, ${affinity}, ${HTTP} }`);
  const first = await answers(cluster, 'http://web');
  expect(['one', 'two', 'node-2']).toContain(first);
  await cluster.advance('50s');
  expect(await answers(cluster, 'http://web')).toBe(first);
  const later = new Set<string>();
  for (let i = 0; i < 8; i++) {
    await cluster.advance('61s');
    later.add(await answers(cluster, 'http://web', 'client', 1));
  }
  expect(later.size).toBeGreaterThan(1);
  // The last pod serves while it terminates (KEP-1669), then nobody does.
  await web(`{ selector: { app: web, pod: one }, sessionAffinity: None, ${HTTP} }`);
  await cluster.client.delete(PODS, { namespace: 'default', name: 'one' });
  await cluster.advance('5s');
  expect(await answers(cluster, 'http://web')).toBe('one');
  await cluster.advance('1m');
  expect(await answers(cluster, 'http://web', 'client', 1)).toBe('7');
});
