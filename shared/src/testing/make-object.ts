import type { ConfigMap, Node, Pod, PodSpec, PodStatus, Secret, Service, ServiceSpec } from '../api/core-v1.ts';
import type { ObjectMeta } from '../api/meta-v1.ts';

const metadata = (over: Partial<ObjectMeta>): ObjectMeta => ({
  name: 'x',
  uid: `uid-${over.namespace ?? ''}-${over.name ?? 'x'}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...over,
});

/** A pod in namespace `default` with one container, plus what the test says. */
export const makePod = (
  over: { metadata?: Partial<ObjectMeta>; spec?: Partial<PodSpec>; status?: PodStatus } = {},
): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata({ name: 'pod', namespace: 'default', ...over.metadata }),
  spec: { containers: [{ name: 'main', image: 'my-app' }], ...over.spec },
  status: { phase: 'Pending', ...over.status },
});

/** A ready node with 4 cores, 8 GiB and 110 places, plus what the test says. */
export const makeNode = (
  over: { metadata?: Partial<ObjectMeta>; spec?: Node['spec']; status?: Node['status'] } = {},
): Node => {
  const name = over.metadata?.name ?? 'node-1';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata({
      name,
      ...over.metadata,
      labels: { 'kubernetes.io/hostname': name, ...over.metadata?.labels },
    }),
    spec: { ...over.spec },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' }, ...over.status },
  };
};

/** A Service in namespace `default`, plus what the test says. */
export const makeService = (over: { metadata?: Partial<ObjectMeta>; spec?: Partial<ServiceSpec> } = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata({ name: 'web', namespace: 'default', ...over.metadata }),
  spec: { ...over.spec },
  status: {},
});

/** A ConfigMap in namespace `default`. */
export const makeConfigMap = (name: string, over: Partial<Omit<ConfigMap, 'metadata'>>): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata({ name, namespace: 'default' }),
  ...over,
});

/** A Secret in namespace `default`. */
export const makeSecret = (name: string, over: Partial<Omit<Secret, 'metadata'>>): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: metadata({ name, namespace: 'default' }),
  ...over,
});
