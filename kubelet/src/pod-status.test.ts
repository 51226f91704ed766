import type { ContainerStatus, PodStatus } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { podStatus, type PodStatusInput, statusPatch } from './pod-status.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const container = (ready: boolean, state: ContainerStatus['state']): ContainerStatus => ({
  name: 'main',
  image: 'x',
  imageID: '',
  ready,
  restartCount: 0,
  state,
});

const input = (over: Partial<PodStatusInput> = {}): PodStatusInput => ({
  pod: makePod({ metadata: { generation: 2 } }),
  previous: { phase: 'Pending' },
  nowMs: NOON,
  hostIP: '172.18.0.2',
  podIPs: ['10.244.0.2'],
  hasSandbox: true,
  initStatuses: [],
  statuses: [container(true, { running: {} })],
  ephemeralStatuses: [],
  isInitialized: true,
  isStopped: false,
  ...over,
});

const shown = (status: PodStatus): (string | undefined)[] =>
  status.conditions!.map(({ type, status: is, reason, message }) =>
    [`${type}=${is}`, reason, message].filter((part) => part !== undefined).join(' '),
  );

it.each<[string, Partial<PodStatusInput>, string[]]>([
  [
    'ready',
    {},
    ['PodReadyToStartContainers=True', 'Initialized=True', 'Ready=True', 'ContainersReady=True', 'PodScheduled=True'],
  ],
  [
    'not ready',
    { statuses: [container(false, { running: {} })] },
    [
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=False ContainersNotReady containers with unready status: [main]',
      'ContainersReady=False ContainersNotReady containers with unready status: [main]',
      'PodScheduled=True',
    ],
  ],
  [
    'completed',
    {
      pod: makePod({ spec: { restartPolicy: 'Never' } }),
      hasSandbox: false,
      statuses: [container(false, { terminated: { exitCode: 0 } })],
    },
    [
      'PodReadyToStartContainers=False',
      'Initialized=True PodCompleted',
      'Ready=False PodCompleted',
      'ContainersReady=False PodCompleted',
      'PodScheduled=True',
    ],
  ],
  [
    'without what its readiness gate waits for',
    { pod: makePod({ spec: { readinessGates: [{ conditionType: 'a/b' }] } }) },
    [
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=False ReadinessGatesNotReady corresponding condition of pod readiness gate "a/b" does not exist.',
      'ContainersReady=True',
      'PodScheduled=True',
    ],
  ],
  [
    'initializing',
    {
      pod: makePod({ spec: { initContainers: [{ name: 'i' }, { name: 'j' }] } }),
      isInitialized: false,
      initStatuses: [container(true, { terminated: { exitCode: 0 } }), container(false, { running: {} })],
      statuses: [container(false, { waiting: {} })],
    },
    [
      'PodReadyToStartContainers=True',
      'Initialized=False ContainersNotInitialized containers with incomplete status: [j]',
      'Ready=False ContainersNotReady containers with unready status: [main]',
      'ContainersReady=False ContainersNotReady containers with unready status: [main]',
      'PodScheduled=True',
    ],
  ],
])('a pod that is %s has its conditions', (_, over, expected) =>
  expect(shown(podStatus(input(over)))).toEqual(expected),
);

it('keeps the time of a condition that has not changed', () => {
  const early = podStatus(input());
  const later = podStatus(
    input({ previous: early, nowMs: NOON + 5000, statuses: [container(false, { running: {} })] }),
  );
  expect(later.conditions!.map(({ type, lastTransitionTime }) => `${type} ${lastTransitionTime}`)).toEqual([
    'PodReadyToStartContainers 2026-01-01T12:00:00Z',
    'Initialized 2026-01-01T12:00:00Z',
    'Ready 2026-01-01T12:00:05Z',
    'ContainersReady 2026-01-01T12:00:05Z',
    'PodScheduled 2026-01-01T12:00:00Z',
  ]);
});

it('reports the node its reason only once nothing runs', () => {
  const failure = { reason: 'DeadlineExceeded', message: 'm' };
  expect(podStatus(input({ failure })).phase).toBe('Running');
  expect(podStatus(input({ failure, isStopped: true }))).toMatchObject({ phase: 'Failed', ...failure });
});

it('patches what differs, and deletes an address by name', () => {
  const before = podStatus(input({ previous: { phase: 'Pending' } }));
  const after = podStatus(input({ previous: before, podIPs: ['10.244.0.9'] }));
  expect(statusPatch(before, before)).toBeUndefined();
  expect(statusPatch(before, after)).toEqual({
    podIP: '10.244.0.9',
    podIPs: [{ $patch: 'delete', ip: '10.244.0.2' }, { ip: '10.244.0.9' }],
  });
});

it('names null what a condition no longer has', () => {
  const before = podStatus(input({ statuses: [container(false, { running: {} })] }));
  const after = podStatus(input({ previous: before }));
  const { conditions } = statusPatch(before, after) as { conditions: object[] };
  expect(conditions).toHaveLength(2);
  expect(conditions[0]).toMatchObject({ type: 'Ready', status: 'True', reason: null, message: null });
});
