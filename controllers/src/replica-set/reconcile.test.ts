import type { Pod, ReplicaSet } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import { deletionOrder } from './deletion-order.ts';
import { replicaStatus, scalePlan } from './reconcile.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

const makeReplicaSet = (replicas: number, minReadySeconds = 0): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'rs',
    resourceVersion: '1',
    generation: 3,
    creationTimestamp: '',
  },
  spec: {
    replicas,
    minReadySeconds,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web', tier: 'front' } } },
  },
  status: { replicas: 0 },
});

interface Shape {
  node?: string;
  phase?: 'Pending' | 'Running' | 'Unknown' | 'Failed' | 'Succeeded';
  readySince?: string;
  cost?: string;
  restarts?: number;
  created?: string;
  dying?: boolean;
  labels?: Record<string, string>;
}

const pod = (name: string, shape: Shape = {}): Pod => {
  const {
    node = 'n',
    phase = 'Running',
    readySince,
    cost,
    restarts = 0,
    created = '2026-01-01T00:00:00Z',
    dying,
  } = shape;
  return makePod({
    metadata: {
      name,
      uid: name,
      creationTimestamp: created,
      labels: shape.labels ?? { app: 'web', tier: 'front' },
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
      ...(dying === true ? { deletionTimestamp: '2026-01-01T11:00:00Z' } : {}),
    },
    spec: node === '' ? {} : { nodeName: node },
    status: {
      phase,
      conditions: [
        readySince === undefined
          ? { type: 'Ready', status: 'False' }
          : { type: 'Ready', status: 'True', lastTransitionTime: readySince },
      ],
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: readySince !== undefined, restartCount: restarts },
      ],
    },
  });
};

const ready = { readySince: '2026-01-01T08:00:00Z' };

describe('deletionOrder', () => {
  it.each<[string, Pod[]]>([
    ['an unassigned pod before an assigned one', [pod('a', { node: '' }), pod('b', { phase: 'Pending' })]],
    [
      'Pending before Unknown before Running',
      [pod('c', { phase: 'Pending' }), pod('b', { phase: 'Unknown' }), pod('a')],
    ],
    ['not ready before ready', [pod('b'), pod('a', ready)]],
    [
      'the lower deletion cost',
      [pod('b', { ...ready, cost: '-5' }), pod('a', ready), pod('0', { ...ready, cost: '3' })],
    ],
    ['one of the fuller node', [pod('b', { ...ready, node: 'full' }), pod('a', { ...ready, node: 'empty' })]],
    ['the one ready for a shorter time', [pod('b', { readySince: '2026-01-01T11:59:00Z' }), pod('a', ready)]],
    ['the one with more restarts', [pod('b', { ...ready, restarts: 4 }), pod('a', ready)]],
    ['the younger one', [pod('b', { ...ready, created: '2026-01-01T11:00:00Z' }), pod('a', ready)]],
    ['by uid where ages are about the same', [pod('a', ready), pod('b', { readySince: '2026-01-01T08:10:00Z' })]],
  ])('takes %s', (_title, expected) => {
    const related = new Map([
      ['full', 3],
      ['empty', 1],
    ]);
    const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);
    expect(names(deletionOrder(expected.toReversed(), related, NOW))).toEqual(names(expected));
  });
});

describe('scalePlan', () => {
  it.each<[string, number, Pod[], { create: number; remove: string[]; isPartial: boolean }]>([
    ['creates what is missing', 3, [pod('a')], { create: 2, remove: [], isPartial: false }],
    [
      'does not count ended and dying pods',
      2,
      [pod('a', { phase: 'Failed' }), pod('b', { phase: 'Succeeded' }), pod('c', { dying: true }), pod('d')],
      { create: 1, remove: [], isPartial: false },
    ],
    ['removes the surplus by rank', 1, [pod('a', ready), pod('b')], { create: 0, remove: ['b'], isPartial: false }],
    ['creates no more than 500 at once', 1200, [], { create: 500, remove: [], isPartial: true }],
  ])('%s', (_title, replicas, pods, expected) => {
    const plan = scalePlan(makeReplicaSet(replicas), pods, () => pods, NOW);
    expect({ ...plan, remove: plan.remove.map(({ metadata }) => metadata.name) }).toEqual(expected);
  });
});

const AT_NOW = { nowMs: NOW, countsTerminating: true };

describe('replicaStatus', () => {
  it('counts as the real one does and leaves zeros out but for replicas and terminatingReplicas', () => {
    expect(replicaStatus(makeReplicaSet(3), [], AT_NOW).status).toEqual({
      replicas: 0,
      terminatingReplicas: 0,
      observedGeneration: 3,
    });
    const pods = [
      pod('a', ready),
      pod('b', { labels: { app: 'web' } }),
      pod('c', { dying: true }),
      pod('d', { phase: 'Failed' }),
    ];
    expect(replicaStatus(makeReplicaSet(3), pods, AT_NOW).status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 3,
    });
  });

  it('counts no terminating pods for a ReplicationController', () => {
    const { status } = replicaStatus(makeReplicaSet(1), [pod('a', { dying: true })], {
      nowMs: NOW,
      countsTerminating: false,
    });
    expect(status).toEqual({ replicas: 0, observedGeneration: 3 });
  });

  it('calls a pod available only after minReadySeconds, and says when to look again', () => {
    const pods = [pod('a', { readySince: '2026-01-01T11:59:55Z' }), pod('b', { readySince: '2026-01-01T11:59:58Z' })];
    const { status, nextCheckMs } = replicaStatus(makeReplicaSet(2, 10), pods, AT_NOW);
    expect(status).toMatchObject({ readyReplicas: 2 });
    expect(status).not.toHaveProperty('availableReplicas');
    expect(nextCheckMs).toBe(NOW + 5000);
  });

  it('shows a failure until a pass succeeds', () => {
    const failure = { reason: 'FailedCreate', message: 'exceeded quota' } as const;
    const failed = replicaStatus(makeReplicaSet(1), [], { ...AT_NOW, failure }).status;
    expect(failed.conditions).toEqual([
      { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime: '2026-01-01T12:00:00Z' },
    ]);
    expect(replicaStatus({ ...makeReplicaSet(1), status: failed }, [], AT_NOW).status).not.toHaveProperty('conditions');
  });
});
