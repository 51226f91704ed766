import type { Node, Taint } from '@kubarium/shared';
import { makeNode } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import { silentConditions, wantedTaints } from './reconcile.ts';

const NOW = Date.UTC(2026, 0, 1);
const node = (conditions: Record<string, string>, taints: Taint[] = [], unschedulable = false): Node =>
  makeNode({
    spec: { taints, unschedulable },
    status: {
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, reason: 'r', message: 'm' })),
    },
  });
const short = (taints: readonly Taint[]): string[] =>
  taints.map(({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`);

describe('silentConditions', () => {
  it('makes what the kubelet last said unknown', () => {
    const conditions = silentConditions(
      node({ Ready: 'True', MemoryPressure: 'False', NetworkUnavailable: 'False' }),
      NOW,
    );
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready Unknown NodeStatusUnknown',
      'MemoryPressure Unknown NodeStatusUnknown',
      'NetworkUnavailable False r',
      'DiskPressure Unknown NodeStatusNeverUpdated',
      'PIDPressure Unknown NodeStatusNeverUpdated',
    ]);
    expect(conditions[0]!.message).toBe('Kubelet stopped posting node status.');
    expect(conditions[3]!.message).toBe('Kubelet never posted node status.');
  });
});

describe('wantedTaints', () => {
  const born: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
  const foreign: Taint = { key: 'dedicated', value: 'db', effect: 'NoExecute' };

  it.each<[string, Node, boolean, string[]]>([
    [
      'nothing on a ready node, and takes away what it was born with',
      node({ Ready: 'True' }, [born, foreign]),
      true,
      ['dedicated:NoExecute'],
    ],
    ['keeps the first taint until the node has spoken', node({}, [born]), true, ['not-ready:NoSchedule']],
    ['both not-ready taints', node({ Ready: 'False' }), true, ['not-ready:NoSchedule', 'not-ready:NoExecute']],
    [
      'unreachable in place of not-ready',
      node({ Ready: 'Unknown' }, [born, foreign]),
      true,
      ['dedicated:NoExecute', 'unreachable:NoSchedule', 'unreachable:NoExecute'],
    ],
    ['no eviction where all nodes are silent', node({ Ready: 'Unknown' }), false, ['unreachable:NoSchedule']],
    [
      'pressure and cordon',
      node({ Ready: 'True', MemoryPressure: 'True', DiskPressure: 'True', PIDPressure: 'True' }, [], true),
      true,
      ['memory-pressure:NoSchedule', 'disk-pressure:NoSchedule', 'pid-pressure:NoSchedule', 'unschedulable:NoSchedule'],
    ],
  ])('are %s', (_title, object, mayEvict, expected) => {
    expect(short(wantedTaints(object, mayEvict, NOW))).toEqual(expected);
  });

  it('keeps the moment at which a taint was added', () => {
    const since: Taint = {
      key: 'node.kubernetes.io/unreachable',
      effect: 'NoExecute',
      timeAdded: '2025-12-31T23:00:00Z',
    };
    const taints = wantedTaints(node({ Ready: 'Unknown' }, [since]), true, NOW);
    expect(taints).toContainEqual(since);
    expect(taints).toContainEqual({ key: since.key, effect: 'NoSchedule', timeAdded: '2026-01-01T00:00:00Z' });
  });
});
