import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  NAMESPACES,
  SERVICE_ACCOUNTS,
  SERVICES,
  isAlreadyExists,
  type ApiObject,
  type Draft,
  type KubeClient,
  type Resource,
} from '@kubarium/shared';
import {
  CLUSTER_DOMAIN,
  CONTROL_PLANE_ADDRESS,
  CONTROL_PLANE_PORT,
  DNS_SERVICE_IP,
  KUBERNETES_SERVICE_IP,
} from './addresses.ts';

/** One object that a new cluster starts with. */
interface SystemObject<T extends ApiObject = ApiObject> {
  readonly resource: Resource<T>;
  readonly draft: Draft<T>;
}

const object = <T extends ApiObject>(resource: Resource<T>, draft: Draft<T>): SystemObject =>
  ({ resource, draft }) as unknown as SystemObject;

const DNS_LABELS = { 'k8s-app': 'kube-dns' };

/** What the first start creates, in order: the namespaces, the API server's own Service, and cluster DNS. */
export const systemObjects = (): readonly SystemObject[] => [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) =>
    object(NAMESPACES, { metadata: { name } }),
  ),
  object(SERVICES, {
    metadata: { namespace: 'default', name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: KUBERNETES_SERVICE_IP,
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: CONTROL_PLANE_PORT }],
    },
  }),
  object(ENDPOINTS, {
    metadata: {
      namespace: 'default',
      name: 'kubernetes',
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [
      {
        addresses: [{ ip: CONTROL_PLANE_ADDRESS }],
        ports: [{ name: 'https', port: CONTROL_PLANE_PORT, protocol: 'TCP' }],
      },
    ],
  }),
  object(ENDPOINT_SLICES, {
    metadata: { namespace: 'default', name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [CONTROL_PLANE_ADDRESS], conditions: { ready: true } }],
    ports: [{ name: 'https', port: CONTROL_PLANE_PORT, protocol: 'TCP' }],
  }),
  object(SERVICE_ACCOUNTS, { metadata: { namespace: 'kube-system', name: 'coredns' } }),
  object(CONFIG_MAPS, { metadata: { namespace: 'kube-system', name: 'coredns' }, data: { Corefile: corefile } }),
  object(SERVICES, {
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns',
      labels: { ...DNS_LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: {
      clusterIP: DNS_SERVICE_IP,
      selector: DNS_LABELS,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
    },
  }),
  object(DEPLOYMENTS, {
    metadata: { namespace: 'kube-system', name: 'coredns', labels: DNS_LABELS },
    spec: {
      replicas: 2,
      selector: { matchLabels: DNS_LABELS },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: DNS_LABELS },
        spec: {
          serviceAccountName: 'coredns',
          dnsPolicy: 'Default',
          tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
          containers: [
            {
              name: 'coredns',
              image: 'registry.k8s.io/coredns/coredns:v1.13.1',
              args: ['-conf', '/etc/coredns/Corefile'],
              ports: [
                { name: 'dns', containerPort: 53, protocol: 'UDP' },
                { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
              ],
              resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
              readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
              livenessProbe: { httpGet: { path: '/health', port: 8080 }, initialDelaySeconds: 60 },
              volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
            },
          ],
          volumes: [
            { name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } },
          ],
        },
      },
    },
  }),
];

const corefile = `.:53 {
    errors
    health
    ready
    kubernetes ${CLUSTER_DOMAIN} in-addr.arpa ip6.arpa {
       pods insecure
       ttl 5
    }
}
`;

/** Creates what is missing; what stands is left as it is, for users change it. */
export async function createSystemObjects(client: KubeClient): Promise<void> {
  for (const { resource, draft } of systemObjects()) {
    try {
      await client.create(resource, draft);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
