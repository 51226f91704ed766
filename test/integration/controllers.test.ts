import {
  type ApiObject,
  apiVersionOf,
  CONFIG_MAPS,
  type Deployment,
  DEPLOYMENTS,
  type Draft,
  ENDPOINT_SLICES,
  ENDPOINTS,
  EVENTS,
  IP_ADDRESSES,
  LEASES,
  NAMESPACES,
  NODES,
  type Pod,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  SERVICE_ACCOUNTS,
  SERVICE_CIDRS,
  SERVICES,
} from '@kubarium/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlPlane, startControlPlane } from '../support/control-plane.ts';

const MERGE = 'application/merge-patch+json';
let plane: ControlPlane;

beforeEach(async () => {
  plane = await startControlPlane();
});
afterEach(async () => {
  await plane[Symbol.asyncDispose]();
});

const makeDeployment = (replicas: number, image = 'app:1', namespace = 'default'): Draft<Deployment> => ({
  metadata: { name: 'web', namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
  },
});
const makeService = (namespace = 'default') => ({
  metadata: { name: 'web', namespace },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
});

const list = async (namespace = 'default'): Promise<readonly Pod[]> =>
  (await plane.client.list(PODS, { namespace })).items;
const replicaSets = async () => (await plane.client.list(REPLICA_SETS, { namespace: 'default' })).items;
const events = async (): Promise<string[]> =>
  (await plane.client.list(EVENTS)).items.map(({ reason, message, count }) => `${reason} x${count}: ${message}`);
const endpointsReady = async () =>
  (await plane.client.list(ENDPOINT_SLICES, { namespace: 'default' })).items.map(
    ({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready).length,
  );

describe('a ReplicationController', () => {
  it('keeps its number of pods, and leaves them behind', async () => {
    await plane.pods.addNode('n1');
    const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'app:1' }] } };
    const metadata = { name: 'web', namespace: 'default' };
    await plane.client.create(REPLICATION_CONTROLLERS, { metadata, spec: { replicas: 2, template } });
    await plane.settle();
    expect((await list()).map(({ metadata: { ownerReferences } }) => ownerReferences?.[0]?.kind)).toEqual([
      'ReplicationController',
      'ReplicationController',
    ]);
    const { status } = await plane.client.get(REPLICATION_CONTROLLERS, metadata);
    expect(status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 1,
    });
    await plane.client.delete(REPLICATION_CONTROLLERS, metadata);
    await plane.settle();
    expect((await plane.client.list(REPLICATION_CONTROLLERS)).items).toEqual([]);
    expect((await list()).map((pod) => pod.metadata.ownerReferences)).toEqual([undefined, undefined]);
  });
});

describe('a Service without a selector', () => {
  it('has the endpoints that somebody made by hand, until they go', async () => {
    const metadata = { name: 'db', namespace: 'default' };
    await plane.client.create(SERVICES, { metadata, spec: { ports: [{ port: 80 }] } });
    await plane.client.create(ENDPOINTS, {
      metadata,
      subsets: [{ addresses: [{ ip: '10.9.8.7' }], ports: [{ port: 80 }] }],
    });
    await plane.settle();
    expect(await endpointsReady()).toEqual([1]);
    await plane.client.delete(ENDPOINTS, metadata);
    await plane.settle();
    expect(await endpointsReady()).toEqual([]);
  });

  it('has an IPAddress for its cluster IP as long as it lives', async () => {
    const metadata = { name: 'db', namespace: 'default' };
    const { spec } = await plane.client.create(SERVICES, { metadata, spec: { ports: [{ port: 80 }] } });
    await plane.settle();
    const names = async () => (await plane.client.list(IP_ADDRESSES)).items.map((address) => address.metadata.name);
    expect(await names()).toEqual([spec.clusterIP]);
    await plane.client.delete(SERVICES, metadata);
    await plane.settle();
    expect(await names()).toEqual([]);
  });
});

describe('owners in a circle', () => {
  it('all go with the first that is deleted in the foreground', async () => {
    const make = (name: string) => plane.client.create(CONFIG_MAPS, { metadata: { name, namespace: 'default' } });
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map(make));
    const own = async (dependent: ApiObject, { metadata: { name, uid } }: ApiObject) => {
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid, blockOwnerDeletion: true }];
      await plane.client.patch(CONFIG_MAPS, dependent.metadata, MERGE, { metadata: { ownerReferences } });
    };
    await own(a!, c!);
    await own(b!, a!);
    await own(c!, b!);
    await plane.client.delete(CONFIG_MAPS, a!.metadata, { propagationPolicy: 'Foreground' });
    await plane.settle();
    const names = (await plane.client.list(CONFIG_MAPS, { namespace: 'default' })).items.map(
      (each) => each.metadata.name,
    );
    expect(names).toEqual(['kube-root-ca.crt']);
  });
});

describe('a ServiceCIDR', () => {
  it('is protected while it is in use, and goes a moment after', async () => {
    const metadata = { name: 'kubernetes' };
    await plane.client.create(SERVICE_CIDRS, { metadata, spec: { cidrs: ['10.96.0.0/12'] } });
    const service = { name: 'db', namespace: 'default' };
    await plane.client.create(SERVICES, { metadata: service, spec: { ports: [{ port: 80 }] } });
    await plane.settle();
    const ready = async () => (await plane.client.get(SERVICE_CIDRS, metadata)).status.conditions?.[0];
    expect(await ready()).toMatchObject({ type: 'Ready', status: 'True' });
    await plane.client.delete(SERVICE_CIDRS, metadata);
    await plane.settle();
    expect(await ready()).toMatchObject({ status: 'False', reason: 'Terminating' });
    await plane.client.delete(SERVICES, service);
    await plane.advance(11_000);
    expect((await plane.client.list(SERVICE_CIDRS)).items).toEqual([]);
  });
});

describe('a Deployment', () => {
  it('becomes pods, endpoints and events', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(SERVICES, makeService());
    await plane.client.create(DEPLOYMENTS, makeDeployment(3));
    await plane.settle();
    expect(await list()).toHaveLength(3);
    const deployment = await plane.client.get(DEPLOYMENTS, { namespace: 'default', name: 'web' });
    expect(deployment.status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      observedGeneration: 1,
    });
    expect(deployment.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(await endpointsReady()).toEqual([3]);
    const legacy = await plane.client.get(ENDPOINTS, { namespace: 'default', name: 'web' });
    expect(legacy.subsets?.[0]?.addresses).toHaveLength(3);
    const [set] = await replicaSets();
    expect(await events()).toContain(`ScalingReplicaSet x1: Scaled up replica set ${set!.metadata.name} from 0 to 3`);
  });

  it('replaces a pod that is deleted', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(DEPLOYMENTS, makeDeployment(2));
    await plane.settle();
    const [victim] = await list();
    await plane.client.delete(PODS, victim!.metadata);
    await plane.settle();
    const names = (await list()).map(({ metadata }) => metadata.name);
    expect(names).toHaveLength(2);
    expect(names).not.toContain(victim!.metadata.name);
  });

  it('rolls to a new template, never below what must be available, and back', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(DEPLOYMENTS, makeDeployment(4));
    await plane.settle();
    const target = { namespace: 'default', name: 'web' };
    const image = (value: string) => [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value }];
    await plane.client.patch(DEPLOYMENTS, target, 'application/json-patch+json', image('app:2'));
    await plane.settle();
    expect((await list()).map(({ spec }) => spec.containers[0]!.image)).toEqual(Array(4).fill('app:2'));
    await plane.client.patch(DEPLOYMENTS, target, 'application/json-patch+json', image('app:1'));
    await plane.settle();
    expect((await list()).map(({ spec }) => spec.containers[0]!.image)).toEqual(Array(4).fill('app:1'));
    const sets = await replicaSets();
    expect(new Set(sets.map(({ spec }) => spec.replicas))).toEqual(new Set([0, 4]));
    const deployment = await plane.client.get(DEPLOYMENTS, target);
    expect(deployment.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '3' });
    expect(deployment.status.conditions?.find(({ type }) => type === 'Progressing')?.reason).toBe(
      'NewReplicaSetAvailable',
    );
  });

  it('is late after its progress deadline, on the clock', async () => {
    await plane.pods.addNode('n1');
    plane.pods.isReady = () => false;
    await plane.client.create(DEPLOYMENTS, makeDeployment(1));
    await plane.settle();
    const reason = async () =>
      (await plane.client.get(DEPLOYMENTS, { namespace: 'default', name: 'web' })).status.conditions?.find(
        ({ type }) => type === 'Progressing',
      )?.reason;
    for (let at = 0; at < 590; at += 10) {
      await plane.pods.heartbeat('n1');
      await plane.advance(10_000);
    }
    expect(await reason()).toBe('ReplicaSetUpdated');
    await plane.advance(15_000);
    expect(await reason()).toBe('ProgressDeadlineExceeded');
  });

  it.each(['Background', 'Foreground'])(
    'goes with all that it owns when deleted in the %s',
    async (propagationPolicy) => {
      await plane.pods.addNode('n1');
      await plane.client.create(DEPLOYMENTS, makeDeployment(3));
      await plane.settle();
      await plane.client.delete(DEPLOYMENTS, { namespace: 'default', name: 'web' }, { propagationPolicy });
      await plane.settle();
      expect((await plane.client.list(DEPLOYMENTS)).items).toEqual([]);
      expect(await replicaSets()).toEqual([]);
      expect(await list()).toEqual([]);
    },
  );

  it('leaves its ReplicaSet and pods behind when deleted as Orphan, and the next one adopts them', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(DEPLOYMENTS, makeDeployment(3));
    await plane.settle();
    const before = (await list()).map(({ metadata }) => metadata.uid);
    await plane.client.delete(DEPLOYMENTS, { namespace: 'default', name: 'web' }, { propagationPolicy: 'Orphan' });
    await plane.settle();
    expect((await replicaSets())[0]!.metadata.ownerReferences ?? []).toEqual([]);
    await plane.client.create(DEPLOYMENTS, makeDeployment(3));
    await plane.settle();
    expect((await replicaSets())[0]!.metadata.ownerReferences).toHaveLength(1);
    expect((await list()).map(({ metadata }) => metadata.uid)).toEqual(before);
  });

  it('of 1,000 makes exactly 1,000 pods, each an endpoint in a slice of at most 100', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(SERVICES, makeService());
    await plane.client.create(DEPLOYMENTS, makeDeployment(1000));
    await plane.settle();
    expect(await list()).toHaveLength(1000);
    const ready = await endpointsReady();
    expect(ready.reduce((sum, count) => sum + count, 0)).toBe(1000);
    expect(Math.max(...ready)).toBeLessThanOrEqual(100);
  });
});

describe('a namespace', () => {
  it('gets its ServiceAccount and CA, again when they are deleted or changed', async () => {
    await plane.client.create(NAMESPACES, { metadata: { name: 'shop' } });
    await plane.settle();
    await plane.client.delete(SERVICE_ACCOUNTS, { namespace: 'shop', name: 'default' });
    const ca = { namespace: 'shop', name: 'kube-root-ca.crt' };
    await plane.client.patch(CONFIG_MAPS, ca, MERGE, { data: { 'ca.crt': 'forged', more: 'x' } });
    await plane.settle();
    expect((await plane.client.get(SERVICE_ACCOUNTS, { namespace: 'shop', name: 'default' })).kind).toBe(
      'ServiceAccount',
    );
    expect((await plane.client.get(CONFIG_MAPS, ca)).data).toEqual({ 'ca.crt': 'a certificate' });
  });

  it('goes with everything in it', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(NAMESPACES, { metadata: { name: 'shop' } });
    await plane.client.create(DEPLOYMENTS, makeDeployment(3, 'app:1', 'shop'));
    await plane.client.create(SERVICES, makeService('shop'));
    await plane.settle();
    expect(await list('shop')).toHaveLength(3);
    await plane.client.delete(NAMESPACES, { name: 'shop' });
    await plane.advance(10_000);
    expect((await plane.client.list(NAMESPACES)).items.map(({ metadata }) => metadata.name)).not.toContain('shop');
    expect((await plane.client.list(CONFIG_MAPS, { namespace: 'shop' })).items).toEqual([]);
  });

  it('waits for finalizers, says so, and goes once they are gone', async () => {
    await plane.client.create(NAMESPACES, { metadata: { name: 'shop' } });
    const held = { namespace: 'shop', name: 'held' };
    await plane.client.create(CONFIG_MAPS, { metadata: { ...held, finalizers: ['example.com/hold'] } });
    await plane.client.delete(NAMESPACES, { name: 'shop' });
    await plane.advance(10_000);
    const { status } = await plane.client.get(NAMESPACES, { name: 'shop' });
    expect(status.conditions?.find(({ type }) => type === 'NamespaceFinalizersRemaining')?.message).toBe(
      'Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    );
    await plane.client.patch(CONFIG_MAPS, held, MERGE, { metadata: { finalizers: null } });
    await plane.advance(10_000);
    expect((await plane.client.list(NAMESPACES)).items.map(({ metadata }) => metadata.name)).not.toContain('shop');
  });
});

describe('garbage collection', () => {
  it('deletes what names an owner that does not exist, but not for a kind that is not served', async () => {
    const owner = (kind: string, apiVersion = 'v1') => [{ apiVersion, kind, name: 'gone', uid: `no-such-${kind}` }];
    await plane.client.create(CONFIG_MAPS, {
      metadata: { namespace: 'default', name: 'a', ownerReferences: owner('Pod') },
    });
    await plane.client.create(CONFIG_MAPS, {
      metadata: { namespace: 'default', name: 'b', ownerReferences: owner('Widget', 'example.com/v1') },
    });
    await plane.settle();
    const names = (await plane.client.list(CONFIG_MAPS, { namespace: 'default' })).items.map(
      ({ metadata }) => metadata.name,
    );
    expect(names).toContain('b');
    expect(names).not.toContain('a');
  });

  it('keeps an object that one of two owners keeps, without the other one', async () => {
    const makeOwner = (name: string) => plane.client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name } });
    const [a, b] = [await makeOwner('a'), await makeOwner('b')];
    const ownerReferences = [a, b].map(({ metadata: { name, uid } }) => ({
      apiVersion: apiVersionOf(CONFIG_MAPS),
      kind: 'ConfigMap',
      name,
      uid,
    }));
    await plane.client.create(CONFIG_MAPS, { metadata: { namespace: 'default', name: 'c', ownerReferences } });
    await plane.client.delete(CONFIG_MAPS, a.metadata);
    await plane.settle();
    const c = await plane.client.get(CONFIG_MAPS, { namespace: 'default', name: 'c' });
    expect(c.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['b']);
  });
});

describe('a node', () => {
  it('gets a part of the pod network', async () => {
    await plane.pods.addNode('n1');
    await plane.pods.addNode('n2');
    await plane.settle();
    const cidrs = (await plane.client.list(NODES)).items.map(({ spec }) => spec.podCIDR);
    expect(cidrs).toEqual(['10.244.0.0/24', '10.244.1.0/24']);
  });

  it('that falls silent is unreachable after 50 s, its pods not ready at once and evicted after their 300 s', async () => {
    await plane.pods.addNode('n1');
    await plane.pods.addNode('n2');
    await plane.client.create(DEPLOYMENTS, makeDeployment(2));
    await plane.settle();
    const lost = (await list()).find(({ spec }) => spec.nodeName === 'n1')!;
    const pass = async (seconds: number): Promise<void> => {
      for (let at = 0; at < seconds; at += 10) {
        await plane.pods.heartbeat('n2');
        await plane.advance(10_000);
      }
    };
    await pass(40);
    const node = async () => await plane.client.get(NODES, { name: 'n1' });
    expect((await node()).status.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' });
    await pass(20);
    expect((await node()).status.conditions?.[0]).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown' });
    expect((await node()).spec.taints?.map(({ key, effect }) => `${key} ${effect}`)).toEqual([
      'node.kubernetes.io/unreachable NoSchedule',
      'node.kubernetes.io/unreachable NoExecute',
    ]);
    const ready = (await plane.client.get(PODS, lost.metadata)).status.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.status).toBe('False');
    await pass(270);
    expect((await list()).map(({ metadata }) => metadata.name)).toContain(lost.metadata.name);
    await pass(60);
    expect((await list()).map(({ metadata }) => metadata.name)).not.toContain(lost.metadata.name);
    expect(await list()).toHaveLength(2);
    expect(await events()).toContain(`TaintManagerEviction x1: Marking for deletion Pod default/${lost.metadata.name}`);
  });

  it('that is deleted takes its pods with it after 40 s', async () => {
    await plane.pods.addNode('n1');
    await plane.client.create(PODS, {
      metadata: { namespace: 'default', name: 'p' },
      spec: { containers: [{ name: 'main', image: 'app' }] },
    });
    await plane.settle();
    await plane.client.delete(LEASES, { namespace: 'kube-node-lease', name: 'n1' });
    await plane.client.delete(NODES, { name: 'n1' });
    await plane.advance(39_000);
    expect(await list()).toHaveLength(1);
    await plane.advance(2_000);
    expect(await list()).toHaveLength(0);
  });
});

it('is the same to the byte for the same seed: names, uids, versions and the order of all writes', async () => {
  const run = async (): Promise<string> => {
    await using one = await startControlPlane();
    await one.pods.addNode('n1');
    await one.pods.addNode('n2');
    await one.client.create(SERVICES, makeService());
    await one.client.create(DEPLOYMENTS, makeDeployment(5));
    await one.advance(1_000);
    const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'app:2' }];
    await one.client.patch(DEPLOYMENTS, { namespace: 'default', name: 'web' }, 'application/json-patch+json', image);
    await one.advance(60_000);
    const kinds = [NODES, PODS, REPLICA_SETS, DEPLOYMENTS, ENDPOINT_SLICES, ENDPOINTS, EVENTS];
    return JSON.stringify(await Promise.all(kinds.map((kind) => one.client.list<ApiObject>(kind))));
  };
  const first = await run();
  expect(first).toContain('app:2');
  expect(await run()).toBe(first);
});
