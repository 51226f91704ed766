import type { PodSpec } from '@kubarium/shared';
import { makeNode, makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { nodeRefusal } from './node-affinity.ts';
import { NodeLedger, podRequests } from './node-ledger.ts';

const asking = (name: string, requests: Record<string, string>, spec: Partial<PodSpec> = {}) =>
  makePod({ metadata: { name }, spec: { containers: [{ name: 'c', resources: { requests } }], ...spec } });

it('refuses what no longer fits, with what was asked, used and there', () => {
  const ledger = new NodeLedger({ cpu: '2', memory: '1Gi', pods: '2' });
  expect(ledger.admit(asking('a', { cpu: '1500m' }))).toBeUndefined();
  expect(ledger.admit(asking('b', { cpu: '600m' }))).toEqual({
    reason: 'OutOfcpu',
    message: "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000",
  });
  expect(ledger.admit(asking('c', { memory: '2Gi' }))).toEqual({
    reason: 'OutOfmemory',
    message: "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
  });
  expect(ledger.admit(asking('d', {}))).toBeUndefined();
  expect(ledger.admit(asking('e', {}))).toEqual({
    reason: 'OutOfpods',
    message: "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2",
  });
  ledger.release('uid-default-a');
  expect(ledger.admit(asking('e', { cpu: '2' }))).toBeUndefined();
});

it('refuses a host port that is taken', () => {
  const ledger = new NodeLedger({});
  const withPort = (name: string, hostIP?: string) =>
    makePod({
      metadata: { name },
      spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, hostPort: 8080, hostIP }] }] },
    });
  expect(ledger.admit(withPort('a', '127.0.0.1'))).toBeUndefined();
  expect(ledger.admit(withPort('b', '127.0.0.2'))).toBeUndefined();
  expect(ledger.admit(withPort('c'))?.message).toBe(
    "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  );
});

it('counts init containers by their peak, with the sidecars that run beside them', () => {
  const cpu = (name: string, amount: string, restartPolicy?: string) => ({
    name,
    restartPolicy,
    resources: { requests: { cpu: amount } },
  });
  const pod = makePod({
    spec: { initContainers: [cpu('s', '100m', 'Always'), cpu('i', '2')], containers: [cpu('c', '1')] },
  });
  expect(podRequests(pod)).toEqual({ cpu: 2100 });
});

it.each<[string, Partial<PodSpec>, string | undefined]>([
  ['selects its label', { nodeSelector: { disk: 'ssd' } }, undefined],
  ['selects another label', { nodeSelector: { disk: 'hdd' } }, 'NodeAffinity'],
  [
    'demands a label that is there',
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'Exists' }] }],
          },
        },
      },
    },
    undefined,
  ],
])('a node answers a pod that %s', (_, spec, reason) => {
  const node = makeNode({ metadata: { labels: { disk: 'ssd' } } });
  expect(nodeRefusal(makePod({ spec }), node)?.reason).toBe(reason);
});

it('refuses a pod that does not bear its NoExecute taint', () => {
  const node = makeNode({ spec: { taints: [{ key: 'gone', effect: 'NoExecute' }] } });
  expect(nodeRefusal(makePod(), node)?.reason).toBe('TaintToleration');
  expect(nodeRefusal(makePod({ spec: { tolerations: [{ operator: 'Exists' }] } }), node)).toBeUndefined();
});
