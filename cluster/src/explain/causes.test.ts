import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEPLOYMENTS, NAMESPACES, NODES, PODS, SERVICES } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../create-cluster.ts';
import { explain, explainedCluster } from '../testing/explained-cluster.ts';
import type { ExplanationSpec } from './explanation-resource.ts';

interface Break {
  readonly cause: string;
  /** What is done to a cluster in which everything works. */
  readonly breaks: string;
  readonly act: (cluster: Cluster) => Promise<unknown>;
  /** By default how `frontend` reaches `backend`. */
  readonly asks?: ExplanationSpec;
  readonly evidence: RegExp;
  /** The exit code of the client's curl for `url`; undefined where curl cannot say. */
  readonly curl?: { readonly url?: string; readonly code: number };
  readonly verdict?: 'Degraded';
}

const MERGE = 'application/merge-patch+json';
const ASKS = { service: 'backend', from: 'frontend' };

const patchService = (cluster: Cluster, spec: object, name = 'backend') =>
  cluster.client.patch(SERVICES, { namespace: 'default', name }, MERGE, { spec });

const patchContainer = (cluster: Cluster, container: object) =>
  cluster.client.patch(
    DEPLOYMENTS,
    { namespace: 'default', name: 'backend' },
    'application/strategic-merge-patch+json',
    {
      spec: {
        template: { spec: { containers: [{ name: 'app', ...container }] } },
        strategy: { type: 'Recreate', rollingUpdate: null },
      },
    },
  );

const service = (name: string, spec: object, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec,
});

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'default' },
  spec,
});

const slice = (name: string, labels: object, ports: readonly object[], address: string) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels },
  addressType: 'IPv4',
  ports,
  endpoints: [{ addresses: [address] }],
});

const backendAddress = async (cluster: Cluster): Promise<string> => {
  const { items } = await cluster.client.list(PODS, { labelSelector: 'app=backend' });
  return items[0]!.status.podIP!;
};

/** Puts the backend's pods on a node where the frontend is not; tells which. */
const moveAway = async (cluster: Cluster): Promise<string> => {
  const { spec } = await cluster.pod('frontend').get();
  const { items } = await cluster.client.list(NODES);
  const other = items.find(({ metadata }) => metadata.name !== spec.nodeName)!.metadata.name;
  await cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
    spec: { strategy: { type: 'Recreate', rollingUpdate: null }, template: { spec: { nodeName: other } } },
  });
  return other;
};

/** A Service without selector whose slice is made by hand out of a pod's address. */
const manual = async (cluster: Cluster, labels: object, port: object) =>
  cluster.apply([
    service('manual', { ports: [{ name: 'web', port: 80, targetPort: 8080 }] }),
    slice('manual-1', labels, [port], await backendAddress(cluster)),
  ]);

const MANUAL = { service: 'manual', from: 'frontend' };
const LABEL = { 'kubernetes.io/service-name': 'manual' };

const BREAKS: readonly Break[] = [
  {
    cause: 'NoSuchService',
    breaks: 'the name is misspelt',
    act: async () => {},
    asks: { service: 'backned', from: 'frontend' },
    evidence: /the nearest name there: backend/,
    curl: { url: 'http://backned', code: 6 },
  },
  {
    cause: 'NoSuchService',
    breaks: 'the Service is deleted',
    act: (cluster) => cluster.client.delete(SERVICES, { namespace: 'default', name: 'backend' }),
    evidence: /it was deleted at/,
    curl: { code: 6 },
  },
  {
    cause: 'NoSuchNamespace',
    breaks: 'the name names a namespace that does not exist',
    act: async () => {},
    asks: { service: 'backend.prod', from: 'frontend' },
    evidence: /there is a Service default\/backend/,
    curl: { url: 'http://backend.prod', code: 6 },
  },
  {
    cause: 'WrongNamespace',
    breaks: 'the Service is moved to another namespace',
    act: async (cluster) => {
      await cluster.client.delete(SERVICES, { namespace: 'default', name: 'backend' });
      await cluster.client.create(NAMESPACES, { metadata: { name: 'prod' } });
      await cluster.apply(service('backend', { selector: { app: 'backend' }, ports: [{ port: 80 }] }, 'prod'));
    },
    evidence: /tried backend\.default\.svc\.cluster\.local: no such Service/,
    curl: { code: 6 },
  },
  {
    cause: 'NoServiceAtAddress',
    breaks: 'a client keeps the address of a Service that was deleted and made anew',
    act: async (cluster) => {
      const old = await cluster.client.get(SERVICES, { namespace: 'default', name: 'backend' });
      await cluster.apply(
        service('old', { clusterIP: '10.96.77.77', selector: { app: 'backend' }, ports: old.spec.ports! }),
      );
      await cluster.settle();
      await cluster.client.delete(SERVICES, { namespace: 'default', name: 'old' });
    },
    asks: { service: '10.96.77.77', from: 'frontend' },
    evidence: /it was the cluster IP of Service default\/old, deleted at/,
    curl: { url: 'http://10.96.77.77', code: 28 },
  },
  {
    cause: 'DnsDown',
    breaks: 'the DNS pods are scaled to zero',
    act: (cluster) =>
      cluster.client.patch(DEPLOYMENTS, { namespace: 'kube-system', name: 'coredns' }, MERGE, {
        spec: { replicas: 0 },
      }),
    evidence: /coredns has replicas: 0/,
    curl: { code: 6 },
  },
  {
    cause: 'DnsDown',
    breaks: 'the DNS Service is made anew with another address',
    act: async (cluster) => {
      const dns = { namespace: 'kube-system', name: 'kube-dns' };
      const { spec } = await cluster.client.get(SERVICES, dns);
      await cluster.client.delete(SERVICES, dns);
      await cluster.settle();
      const { selector, ports } = spec;
      await cluster.apply(service('kube-dns', { clusterIP: '10.96.0.53', selector, ports }, 'kube-system'));
    },
    evidence: /kube-dns: DnsAddressChanged/,
    curl: { code: 6 },
  },
  {
    cause: 'ClientNotRunning',
    breaks: 'the client ends',
    act: (cluster) =>
      cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'once' },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox', command: ['true'] }] },
      }),
    asks: { service: 'backend', from: 'once' },
    evidence: /it is Succeeded/,
  },
  {
    cause: 'ClientNotRunning',
    breaks: 'the node of the client loses its power',
    act: async (cluster) => {
      const { spec } = await cluster.pod('frontend').get();
      await cluster.parts.machines.get(spec.nodeName!)!.stop();
    },
    evidence: /its node node-\d is not ready/,
  },
  {
    cause: 'ExternalNameIsAddress',
    breaks: 'the external name is an address',
    act: (cluster) => cluster.apply(service('ext', { type: 'ExternalName', externalName: '192.0.2.7' })),
    asks: { service: 'ext', from: 'frontend' },
    evidence: /alias \(CNAME\) for 192\.0\.2\.7/,
    curl: { url: 'http://ext', code: 6 },
  },
  {
    cause: 'ExternalNameOutside',
    breaks: 'the external name is outside the cluster',
    act: (cluster) => cluster.apply(service('ext', { type: 'ExternalName', externalName: 'db.example.com' })),
    asks: { service: 'ext', from: 'frontend' },
    evidence: /alias \(CNAME\) for db\.example\.com/,
    curl: { url: 'http://ext', code: 6 },
  },
  {
    cause: 'NoSuchService',
    breaks: 'the external name names a Service that does not exist',
    act: (cluster) =>
      cluster.apply(service('ext', { type: 'ExternalName', externalName: 'backned.default.svc.cluster.local' })),
    asks: { service: 'ext', from: 'frontend' },
    evidence: /the nearest name there: backend/,
    curl: { url: 'http://ext', code: 6 },
  },
  {
    cause: 'ExternalNameLoop',
    breaks: 'two external names name each other',
    act: (cluster) =>
      cluster.apply([
        service('ext', { type: 'ExternalName', externalName: 'alias.default.svc.cluster.local' }),
        service('alias', { type: 'ExternalName', externalName: 'ext.default.svc.cluster.local' }),
      ]),
    asks: { service: 'ext', from: 'frontend' },
    evidence: /alias \(CNAME\) for ext\.default\.svc\.cluster\.local/,
    curl: { url: 'http://ext', code: 6 },
  },
  {
    cause: 'OtherProxy',
    breaks: 'the Service is given to another proxy',
    act: (cluster) =>
      cluster.client.patch(SERVICES, { namespace: 'default', name: 'backend' }, MERGE, {
        metadata: { labels: { 'service.kubernetes.io/service-proxy-name': 'mine' } },
      }),
    evidence: /service-proxy-name=mine/,
    curl: { code: 28 },
  },
  {
    cause: 'ClusterIpFromOutside',
    breaks: 'a cluster IP is asked from outside',
    act: async () => {},
    asks: { service: 'backend', from: 'outside' },
    evidence: /no node port/,
  },
  {
    cause: 'WrongProtocol',
    breaks: 'the port is made UDP, and TCP is spoken',
    act: (cluster) => patchService(cluster, { ports: [{ port: 80, targetPort: 8080, protocol: 'UDP' }] }),
    asks: { ...ASKS, port: '80' },
    evidence: /80\/UDP/,
    curl: { code: 28 },
  },
  {
    cause: 'TargetPortAsked',
    breaks: 'the client asks for the target port',
    act: async () => {},
    asks: { ...ASKS, port: '8080' },
    evidence: /the ports 80\/TCP/,
    curl: { url: 'http://backend:8080', code: 28 },
  },
  {
    cause: 'NodePortAsked',
    breaks: 'the client asks the cluster IP for the node port',
    act: (cluster) =>
      patchService(cluster, { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30_080 }] }),
    asks: { ...ASKS, port: '30080' },
    evidence: /the ports 80\/TCP/,
    curl: { url: 'http://backend:30080', code: 28 },
  },
  {
    cause: 'NoSuchPort',
    breaks: 'the client asks for a port that the Service has not',
    act: async () => {},
    asks: { ...ASKS, port: '81' },
    evidence: /the ports 80\/TCP/,
    curl: { url: 'http://backend:81', code: 28 },
  },
  {
    cause: 'HeadlessPortIgnored',
    breaks: 'a headless Service has a port other than its target port',
    act: (cluster) =>
      cluster.apply(
        service('direct', { clusterIP: 'None', selector: { app: 'backend' }, ports: [{ port: 80, targetPort: 8080 }] }),
      ),
    asks: { service: 'direct', from: 'frontend', port: '80' },
    evidence: /nothing listens there on 80/,
    curl: { url: 'http://direct', code: 7 },
  },
  {
    cause: 'NoSelectorNoEndpoints',
    breaks: 'the selector is taken away',
    act: async (cluster) => {
      await cluster.apply(service('bare', { ports: [{ port: 80 }] }));
    },
    asks: { service: 'bare', from: 'frontend' },
    evidence: /no EndpointSlice of namespace default has the label/,
    curl: { url: 'http://bare', code: 7 },
  },
  {
    cause: 'SliceNotLabelled',
    breaks: 'a slice made by hand lacks the label of its Service',
    act: (cluster) => manual(cluster, {}, { name: 'web', port: 8080 }),
    asks: MANUAL,
    evidence: /has no selector/,
    curl: { url: 'http://manual', code: 7 },
  },
  {
    cause: 'SlicePortMismatch',
    breaks: 'a slice made by hand names its port otherwise',
    act: (cluster) => manual(cluster, LABEL, { name: 'http', port: 8080 }),
    asks: MANUAL,
    evidence: /the ports of EndpointSlice manual-1: http 8080\/TCP/,
    curl: { url: 'http://manual', code: 7 },
  },
  {
    cause: 'EndpointsNotReady',
    breaks: 'a slice made by hand says that its endpoint is not ready',
    act: async (cluster) => {
      const made = slice('manual-1', LABEL, [{ name: 'web', port: 8080 }], await backendAddress(cluster));
      const endpoints = made.endpoints.map((one) => ({ ...one, conditions: { ready: false } }));
      await cluster.apply([service('manual', { ports: [{ name: 'web', port: 80 }] }), { ...made, endpoints }]);
    },
    asks: MANUAL,
    evidence: /10\.244\.[\d.]+:8080 is not ready/,
    curl: { url: 'http://manual', code: 7 },
  },
  {
    cause: 'SelectorMatchesNothing',
    breaks: 'the selector is misspelt',
    act: (cluster) => patchService(cluster, { selector: { app: 'backned' } }),
    evidence: /nearest: pod default\/backend-.*: it has app=backend, the selector wants app=backned/,
    curl: { code: 7 },
  },
  {
    cause: 'PodsInOtherNamespace',
    breaks: 'the pods with the labels are in another namespace',
    act: async (cluster) => {
      await cluster.client.create(NAMESPACES, { metadata: { name: 'prod' } });
      await cluster.settle();
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'far', namespace: 'prod', labels: { app: 'far' } },
        spec: { containers: [{ name: 'a', image: 'my-app' }] },
      });
      await patchService(cluster, { selector: { app: 'far' } });
    },
    evidence: /pod prod\/far has these labels/,
    curl: { code: 7 },
  },
  {
    cause: 'ScaledToZero',
    breaks: 'the Deployment is scaled to zero',
    act: (cluster) =>
      cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, { spec: { replicas: 0 } }),
    evidence: /replicas: 0/,
    curl: { code: 7 },
  },
  {
    cause: 'PodsNotMade',
    breaks: 'the pods may not be made',
    act: async (cluster) => {
      await cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
        spec: {
          strategy: { type: 'Recreate', rollingUpdate: null },
          template: { spec: { serviceAccountName: 'nobody' } },
        },
      });
    },
    evidence: /serviceaccount "nobody" not found/,
    curl: { code: 7 },
  },
  {
    cause: 'Unschedulable',
    breaks: 'the pods ask for more than a node has',
    act: (cluster) => patchContainer(cluster, { resources: { requests: { cpu: '1000' } } }),
    evidence: /Insufficient cpu/,
    curl: { code: 7 },
  },
  {
    cause: 'ImageNotPulled',
    breaks: 'the image does not exist',
    act: (cluster) => patchContainer(cluster, { image: 'my-backend-app:nonexistent' }),
    evidence: /(ErrImagePull|ImagePullBackOff)/,
    curl: { code: 7 },
  },
  {
    cause: 'ContainerNotCreated',
    breaks: 'the container refers to a ConfigMap that does not exist',
    act: (cluster) => patchContainer(cluster, { envFrom: [{ configMapRef: { name: 'gone' } }] }),
    evidence: /configmap "gone" not found/,
    curl: { code: 7 },
  },
  {
    cause: 'CrashLooping',
    breaks: 'the program ends at once',
    act: (cluster) => patchContainer(cluster, { command: ['sh', '-c', 'exit 3'] }),
    evidence: /exit code 3/,
    curl: { code: 7 },
  },
  {
    cause: 'NodeDown',
    breaks: 'the node that all pods are on loses its power',
    act: async (cluster) => {
      const node = await moveAway(cluster);
      await cluster.advance('30s');
      await cluster.parts.machines.get(node)!.stop();
    },
    evidence: /default\/backend-\S+ is on node-\d/,
    curl: { code: 7 },
  },
  {
    cause: 'ProbeFails',
    breaks: 'the readiness probe asks a wrong port',
    act: (cluster) => patchContainer(cluster, { readinessProbe: { httpGet: { path: '/', port: 9999 } } }),
    evidence: /its last result: Readiness probe failed: .*connection refused/,
    curl: { code: 7 },
  },
  {
    cause: 'PodsNotReady',
    breaks: 'a readiness gate is not set',
    act: (cluster) =>
      cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
        spec: {
          strategy: { type: 'Recreate', rollingUpdate: null },
          template: { spec: { readinessGates: [{ conditionType: 'example.com/go' }] } },
        },
      }),
    evidence: /no condition example\.com\/go=True/,
    curl: { code: 7 },
  },
  {
    cause: 'PodsStarting',
    breaks: 'the pods wait for their init container',
    act: (cluster) =>
      cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
        spec: {
          strategy: { type: 'Recreate', rollingUpdate: null },
          template: { spec: { initContainers: [{ name: 'wait', image: 'busybox', command: ['sleep', '1d'] }] } },
        },
      }),
    evidence: /is Pending/,
    curl: { code: 7 },
  },
  {
    cause: 'PodsEnded',
    breaks: 'the selected pods have ended',
    act: async (cluster) => {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'once', labels: { app: 'once' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox', command: ['true'] }] },
      });
      await patchService(cluster, { selector: { app: 'once' } });
    },
    evidence: /once is Succeeded/,
    curl: { code: 7 },
  },
  {
    cause: 'TerminatingOnly',
    breaks: 'the last pods are being deleted and take their time',
    act: async (cluster) => {
      await patchContainer(cluster, { command: ['sh', '-c', "trap '' TERM; /app & while true; do sleep 1; done"] });
      await cluster.advance('30s');
      await cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
        spec: { template: { spec: { terminationGracePeriodSeconds: 3000 } } },
      });
      await cluster.advance('60s');
      await cluster.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'backend' }, MERGE, {
        spec: { replicas: 0 },
      });
    },
    evidence: /is terminating/,
    verdict: 'Degraded',
  },
  {
    cause: 'TargetPortNameMissing',
    breaks: 'the named target port is misspelt',
    act: (cluster) => patchService(cluster, { ports: [{ port: 80, targetPort: 'htpp' }] }),
    evidence: /has the ports http=8080\/TCP/,
    curl: { code: 7 },
  },
  {
    cause: 'LocalPolicyWithoutEndpoint',
    breaks: 'the policy is Local and the pods are on another node',
    act: async (cluster) => {
      await patchService(cluster, { internalTrafficPolicy: 'Local' });
      await moveAway(cluster);
    },
    evidence: /ready endpoints are on node-/,
    curl: { code: 28 },
  },
  {
    cause: 'EndpointGone',
    breaks: 'a slice made by hand has the address of a pod that is gone',
    act: (cluster) =>
      cluster.apply([
        service('manual', { ports: [{ name: 'web', port: 80 }] }),
        slice('manual-1', LABEL, [{ name: 'web', port: 8080 }], '10.244.0.250'),
      ]),
    asks: MANUAL,
    evidence: /no pod and no node has the address of 10\.244\.0\.250:8080/,
    curl: { url: 'http://manual', code: 7 },
  },
  {
    cause: 'AffinityToGonePod',
    breaks: 'session affinity keeps a client at a pod that is gone',
    act: async (cluster) => {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'first' },
        spec: { containers: [{ name: 'a', image: 'my-app', ports: [{ containerPort: 8080 }] }] },
      });
      await cluster.ready();
      const address = (await cluster.pod('first').get()).status.podIP!;
      await cluster.apply([
        service('manual', { sessionAffinity: 'ClientIP', ports: [{ name: 'web', port: 80 }] }),
        slice('manual-1', LABEL, [{ name: 'web', port: 8080 }], address),
      ]);
      await cluster.pod('frontend').curl('http://manual');
      await cluster.apply(slice('manual-2', LABEL, [{ name: 'web', port: 8080 }], await backendAddress(cluster)));
      await cluster.client.delete(PODS, { namespace: 'default', name: 'first' }, { gracePeriodSeconds: 0 });
    },
    asks: MANUAL,
    evidence: /EndpointSlice manual-1 was made by hand.*\n.* kept there for 10800 s/,
    curl: { url: 'http://manual', code: 7 },
  },
  {
    cause: 'EndpointGone',
    breaks: 'one of two addresses in slices made by hand is that of a pod that is gone',
    act: async (cluster) =>
      cluster.apply([
        service('manual', { ports: [{ name: 'web', port: 80 }] }),
        slice('manual-1', LABEL, [{ name: 'web', port: 8080 }], '10.244.0.250'),
        slice('manual-2', LABEL, [{ name: 'web', port: 8080 }], await backendAddress(cluster)),
      ]),
    asks: MANUAL,
    evidence: /no pod and no node has the address of 10\.244\.0\.250:8080/,
    verdict: 'Degraded',
  },
  {
    cause: 'NothingListens',
    breaks: 'the target port is the Service port, and the pods listen on another',
    act: (cluster) => patchService(cluster, { ports: [{ port: 80, targetPort: 80 }] }),
    evidence: /open there: 0\.0\.0\.0:8080\/TCP/,
    curl: { code: 7 },
  },
  {
    cause: 'ListensOnLocalhost',
    breaks: 'the program listens on its loopback only',
    act: async (cluster) => {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'shy', labels: { app: 'shy' } },
        spec: {
          containers: [{ name: 'a', image: 'shy' }],
        },
      });
      await patchService(cluster, { selector: { app: 'shy' } });
    },
    evidence: /open there: 127\.0\.0\.1:8080\/TCP/,
    curl: { code: 7 },
  },
  {
    cause: 'ListensOnOtherProtocol',
    breaks: 'the program listens with UDP',
    act: async (cluster) => {
      await cluster.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'udp', labels: { app: 'udp' } },
        spec: { containers: [{ name: 'a', image: 'busybox', command: ['nc', '-u', '-l', '-p', '8080'] }] },
      });
      await patchService(cluster, { selector: { app: 'udp' } });
    },
    evidence: /open there: 0\.0\.0\.0:8080\/UDP/,
    curl: { code: 7 },
  },
  {
    cause: 'NetworkPolicyDenies',
    breaks: 'a network policy lets other pods in only',
    act: (cluster) =>
      cluster.apply(
        policy('backend-clients', {
          podSelector: { matchLabels: { app: 'backend' } },
          ingress: [{ from: [{ podSelector: { matchLabels: { role: 'client' } } }] }],
        }),
      ),
    evidence:
      /default\/backend-clients ingress\[0\]: it allows pods role=client of namespace default: the pod has not role=client/,
    curl: { code: 28 },
  },
  {
    cause: 'PolicyDeniesDns',
    breaks: 'a network policy lets the client out to the backend only',
    act: (cluster) =>
      cluster.apply(
        policy('only-backend', {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: { matchLabels: { app: 'backend' } } }] }],
        }),
      ),
    evidence: /default\/only-backend egress\[0\]/,
    curl: { code: 6 },
  },
];

/** Long enough for a rollout, a termination and some restarts. */
const SETTLE = '90s';

describe('a cluster that works', () => {
  it('routes, and the way is told', async () => {
    await using cluster = await explainedCluster();
    const answer = await explain(cluster, ASKS);
    expect(answer).toMatchObject({ verdict: 'Routes', message: 'default/backend routes from pod default/frontend' });
    expect(answer.steps.every(({ ok }) => ok)).toBe(true);
    expect(answer.path).toEqual([
      'pod frontend asks for backend: the search path leads to backend.default.svc.cluster.local',
      expect.stringMatching(/^10\.[\d.]+:80 is default\/backend, port 80\/TCP: one of 2 \(ready\)$/),
      expect.stringMatching(/^ {2}10\.244\.[\d.]+:8080 pod default\/backend-\S+ on node-\d$/),
      expect.stringMatching(/^ {2}10\.244\.[\d.]+:8080 pod default\/backend-\S+ on node-\d$/),
    ]);
    for (const service of ['kubernetes', 'kube-dns.kube-system']) {
      await expect(explain(cluster, { service })).resolves.toMatchObject({ verdict: 'Routes' });
    }
    await expect(cluster.pod('frontend').curl('http://backend')).resolves.toMatchObject({ status: 200 });
  });
});

describe('a cluster that is broken in one place', () => {
  it.each(BREAKS)('$cause: $breaks', async ({ act, asks = ASKS, cause, evidence, curl, verdict = 'Fails' }) => {
    await using cluster = await explainedCluster();
    await act(cluster);
    await cluster.advance(SETTLE);
    const answer = await explain(cluster, asks);
    expect(answer).toMatchObject({ cause, verdict });
    expect(answer.evidence!.join('\n')).toMatch(evidence);
    expect(answer.fix).toMatch(/\S/);
    if (curl === undefined) return;
    const request = cluster.pod('frontend').curl(curl.url ?? 'http://backend', { args: ['--max-time', '20'] });
    await expect(request).rejects.toMatchObject({ exitCode: curl.code });
  });
});

it('has a row in docs/explain.md for each of these', () => {
  const document = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../../docs/explain.md'), 'utf8');
  const rows = [...document.matchAll(/^\| `(\w+)` +\| (.*?) +\|$/gm)].map(([, cause, breaks]) => `${cause}: ${breaks}`);
  expect(rows).toEqual(BREAKS.map(({ cause, breaks }) => `${cause}: ${breaks}`));
});
