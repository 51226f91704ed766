import type { Lease } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { TestNode } from './testing/test-node.ts';

const lease = (node: TestNode): Lease => node.api.all<Lease>('leases')[0]!;
const statusPatches = (node: TestNode): number =>
  node.api.requests.filter(({ verb, resource }) => verb === 'patch' && resource.resource === 'nodes').length;

it('registers the node, not ready before it has a podCIDR', async () => {
  await using node = new TestNode({ labels: { zone: 'a' } });
  const starting = node.kubelet.start();
  await node.settle();
  await starting;
  const { metadata, status } = node.api.node('node-1')!;
  expect(metadata.labels).toMatchObject({ 'kubernetes.io/hostname': 'node-1', 'kubernetes.io/os': 'linux', zone: 'a' });
  expect(status).toMatchObject({
    addresses: [
      { type: 'InternalIP', address: '172.18.0.2' },
      { type: 'Hostname', address: 'node-1' },
    ],
    capacity: { cpu: '8', pods: '110' },
    nodeInfo: { kubeletVersion: 'v1.35.4', containerRuntimeVersion: 'kubarium://0.1.0' },
  });
  expect(status.conditions!.map(({ type, status: is, reason }) => `${type}=${is} ${reason}`)).toEqual([
    'MemoryPressure=False KubeletHasSufficientMemory',
    'DiskPressure=False KubeletHasNoDiskPressure',
    'PIDPressure=False KubeletHasSufficientPID',
    'Ready=False KubeletNotReady',
  ]);
  node.api.put('nodes', { ...node.api.node('node-1')!, spec: { podCIDR: '10.244.0.0/24' } });
  await node.settle();
  expect(node.api.node('node-1')!.status.conditions!.at(-1)).toMatchObject({
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'kubelet is posting ready status',
  });
});

it('renews its lease every 10 s and its status every 5 min', async () => {
  await using node = await TestNode.start();
  const { renewTime } = lease(node).spec;
  expect(lease(node)).toMatchObject({
    metadata: { namespace: 'kube-node-lease', name: 'node-1', ownerReferences: [{ kind: 'Node', name: 'node-1' }] },
    spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40 },
  });
  const patches = statusPatches(node);
  await node.advance(30);
  expect(renewTime).toBe('2026-01-01T00:00:00.000000Z');
  expect(lease(node).spec.renewTime).toBe('2026-01-01T00:00:30.000000Z');
  expect(statusPatches(node)).toBe(patches);
  await node.advance(275);
  expect(statusPatches(node)).toBe(patches + 1);
  expect(node.api.node('node-1')!.status.conditions![0]!.lastHeartbeatTime).toBe('2026-01-01T00:05:00Z');
});

it('keeps what others write into the node', async () => {
  await using node = await TestNode.start();
  const before = node.api.node('node-1')!;
  const condition = { type: 'Other', status: 'True' };
  node.api.put('nodes', {
    ...before,
    metadata: { ...before.metadata, labels: { ...before.metadata.labels, mine: 'yes' } },
    status: { ...before.status, conditions: [...before.status.conditions!, condition] },
  });
  await node.restart();
  await node.advance(310);
  expect(node.api.node('node-1')!.metadata.labels).toMatchObject({ mine: 'yes' });
  expect(node.api.node('node-1')!.status.conditions).toContainEqual(condition);
  expect(node.api.node('node-1')!.spec.podCIDR).toBe('10.244.0.0/24');
});

it('says nothing more once the node has gone down', async () => {
  await using node = await TestNode.start();
  const { status, ...rest } = node.api.node('node-1')!;
  const conditions = status.conditions!.map((one) => (one.type === 'Ready' ? { ...one, status: 'False' } : one));
  node.api.put('nodes', { ...rest, status: { ...status, conditions } });
  const before = node.api.requests.length;
  const down = node.kubelet[Symbol.asyncDispose]();
  await node.settle();
  await down;
  expect(node.api.requests.slice(before)).toEqual([]);
});
