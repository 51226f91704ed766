import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  ENDPOINTS,
  NAMESPACES,
  SERVICE_ACCOUNTS,
  SERVICE_CIDRS,
  SERVICES,
  ReconcileLoop,
  isNotFound,
  type ApiObject,
  type Component,
  type Draft,
  type InformerFactory,
  type KubeClient,
  type ObjectName,
  type Resource,
  type Runtime,
} from '@kubarium/shared';
import { composeController } from '@kubarium/controllers';
import {
  CONTROL_PLANE_ADDRESS,
  CONTROL_PLANE_PORT,
  DNS_SERVICE_IP,
  KUBERNETES_SERVICE_IP,
  SERVICE_CIDR,
} from './addresses.ts';
import { VERSION } from '../version.ts';

/** One object that a new cluster starts with. */
interface SystemObject<T extends ApiObject = ApiObject> {
  readonly resource: Resource<T>;
  readonly draft: Draft<T>;
}

interface KeeperOptions {
  readonly client: KubeClient;
  readonly informers: InformerFactory;
  readonly runtime: Runtime;
}

const object = <T extends ApiObject>(resource: Resource<T>, draft: Draft<T>): SystemObject =>
  ({ resource, draft }) as unknown as SystemObject;

const INSTALLED = { namespace: 'kube-system', name: 'kubarium' };

const DNS_LABELS = { 'k8s-app': 'kube-dns' };

const namespaces = (): readonly SystemObject[] =>
  ['default', 'kube-system', 'kube-public', 'kube-node-lease'].map((name) =>
    object(NAMESPACES, { metadata: { name } }),
  );

/** What no cluster is without besides: the API server's own Service. */
const ownObjects = (): readonly SystemObject[] => [
  object(SERVICE_CIDRS, { metadata: { name: 'kubernetes' }, spec: { cidrs: [SERVICE_CIDR] } }),
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
];

/** What the first start installs, and users may change or remove for good: cluster DNS. */
const addons = (): readonly SystemObject[] => [
  object(SERVICE_ACCOUNTS, { metadata: { namespace: 'kube-system', name: 'coredns' } }),
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
              ports: [
                { name: 'dns', containerPort: 53, protocol: 'UDP' },
                { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
              ],
              resources: { requests: { cpu: '100m', memory: '70Mi' }, limits: { memory: '170Mi' } },
              readinessProbe: { httpGet: { path: '/ready', port: 8181 } },
              livenessProbe: { httpGet: { path: '/health', port: 8080 }, initialDelaySeconds: 60 },
            },
          ],
        },
      },
    },
  }),
];

/** Says that the add-ons were installed once. */
const installed = (): SystemObject => object(CONFIG_MAPS, { metadata: INSTALLED, data: { version: VERSION } });

/** Creates what is missing; what stands is left as it is, for users change it. */
export async function createSystemObjects(client: KubeClient): Promise<void> {
  await createLasting(client);
  if (await exists(client, CONFIG_MAPS, INSTALLED)) return;
  await createMissing(client, addons());
  await createMissing(client, [installed()]);
}

async function createLasting(client: KubeClient): Promise<void> {
  await createMissing(client, namespaces());
  await createMissing(client, ownObjects());
}

/**
 * Brings back the namespaces and the API server's Service where somebody deletes them (`kubectl delete services --all`), as an API
 * server does.
 *
 * Simplified: at once; a real API server looks every ten seconds.
 */
export function systemObjectKeeper({ client, informers, runtime }: KeeperOptions): Component {
  const loop = new ReconcileLoop({ name: 'system-objects', runtime, reconcile: () => createLasting(client) });
  for (const { resource, draft } of [...namespaces(), ...ownObjects()]) {
    const { namespace, name } = draft.metadata;
    informers.informer(resource).onChange({
      deleted: ({ metadata }) => {
        if (metadata.name === name && metadata.namespace === namespace) loop.add(resource.resource);
      },
    });
  }
  return composeController('system-objects', { informers }, [loop]);
}

/** Objects that do not ask for each other: they come into being with one commit. */
async function createMissing(client: KubeClient, objects: readonly SystemObject[]): Promise<void> {
  await Promise.all(
    objects.map(async ({ resource, draft }) => {
      const { namespace, name = '' } = draft.metadata;
      if (!(await exists(client, resource, { namespace, name }))) await client.create(resource, draft);
    }),
  );
}

async function exists(client: KubeClient, resource: Resource, target: ObjectName): Promise<boolean> {
  try {
    await client.get(resource, target);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
