import type { Deployment, DeploymentSpec, DeploymentStatus, ReplicaSet } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { rolloutPlan, type RolloutPlan } from './reconcile.ts';
import { newReplicaSetAnnotations } from './revision.ts';
import { templateHash } from './template-hash.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image }] },
});

function makeDeployment(spec: Partial<DeploymentSpec> = {}, status: DeploymentStatus = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'd1',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      replicas: 10,
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
      template: template('new'),
      ...spec,
    },
    status,
  };
}

interface Shape {
  image: string;
  size: number;
  available?: number;
  revision?: number;
  desired?: number;
  max?: number;
}

function makeReplicaSet({ image, size, available = size, revision = 1, desired = 10, max = 13 }: Shape): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `web-${image}`,
      namespace: 'default',
      uid: image,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: `2026-01-01T00:00:${String(10 + revision)}Z`,
      annotations: {
        'deployment.kubernetes.io/revision': String(revision),
        'deployment.kubernetes.io/desired-replicas': String(desired),
        'deployment.kubernetes.io/max-replicas': String(max),
      },
    },
    spec: { replicas: size, selector: { matchLabels: { app: 'web' } }, template: template(image) },
    status: { replicas: size, readyReplicas: available, availableReplicas: available, observedGeneration: 1 },
  };
}

function plan(deployment: Deployment, shapes: Shape[], options: { running?: boolean; nowMs?: number } = {}) {
  return rolloutPlan({
    deployment,
    replicaSets: shapes.map(makeReplicaSet),
    hasRunningPods: () => options.running === true,
    nowMs: options.nowMs ?? NOW,
  });
}

const sizes = ({ create, update }: RolloutPlan): Record<string, number | undefined> => ({
  ...(create === undefined ? {} : { created: create.spec?.replicas }),
  ...Object.fromEntries(
    update
      .filter(({ from, to }) => from.spec.replicas !== to.spec.replicas)
      .map(({ to }) => [to.metadata.name, to.spec.replicas]),
  ),
});
const condition = ({ status }: RolloutPlan, type: string) => status.conditions?.find((each) => each.type === type);

describe('rolloutPlan', () => {
  // Figures checked against kube-controller-manager 1.35 with a Deployment of 10, maxSurge 3, maxUnavailable 2.
  it.each<[string, Partial<DeploymentSpec>, Shape[], Record<string, number>]>([
    ['creates the first ReplicaSet at full size', {}, [], { created: 10 }],
    [
      'begins a rolling update by surge and by what may be unavailable',
      {},
      [{ image: 'old', size: 10 }],
      { created: 3, 'web-old': 8 },
    ],
    [
      'grows the new one into the room that shrinking made',
      {},
      [
        { image: 'old', size: 8 },
        { image: 'new', size: 3, available: 0, revision: 2 },
      ],
      { 'web-new': 5 },
    ],
    [
      'waits while neither limit leaves room',
      {},
      [
        { image: 'old', size: 8 },
        { image: 'new', size: 5, available: 0, revision: 2 },
      ],
      {},
    ],
    [
      'shrinks the old one as the new one becomes available',
      {},
      [
        { image: 'old', size: 8 },
        { image: 'new', size: 5, available: 4, revision: 2 },
      ],
      { 'web-old': 4 },
    ],
    [
      'shrinks unavailable old pods first, the oldest ReplicaSet before others',
      {},
      [
        { image: 'older', size: 4, available: 1 },
        { image: 'old', size: 5, revision: 2 },
        { image: 'new', size: 4, revision: 3 },
      ],
      { 'web-older': 0, 'web-old': 4 },
    ],
    [
      'shares out a growth in the middle of a rollout',
      { replicas: 15 },
      [
        { image: 'old', size: 8 },
        { image: 'new', size: 5, available: 0, revision: 2 },
      ],
      { 'web-old': 11, 'web-new': 7 },
    ],
    [
      'shares out a shrinking in the middle of a rollout',
      { replicas: 5 },
      [
        { image: 'old', size: 11, desired: 15, max: 18 },
        { image: 'new', size: 7, available: 0, revision: 2, desired: 15, max: 18 },
      ],
      { 'web-old': 5, 'web-new': 3 },
    ],
    [
      'does not believe in available pods that are about to go',
      { replicas: 5 },
      [
        { image: 'old', size: 5, available: 11, desired: 5, max: 8 },
        { image: 'new', size: 5, available: 0, revision: 2, desired: 5, max: 8 },
      ],
      { 'web-old': 3 },
    ],
    ['scales a single ReplicaSet at once', { replicas: 4 }, [{ image: 'new', size: 10 }], { 'web-new': 4 }],
    ['scales to nothing', { replicas: 0 }, [{ image: 'new', size: 10 }], { 'web-new': 0 }],
    ['starts no new template while paused', { paused: true }, [{ image: 'old', size: 10 }], {}],
    [
      'scales in proportion while paused',
      { paused: true, replicas: 20 },
      [
        { image: 'old', size: 8 },
        { image: 'new', size: 5, revision: 2 },
      ],
      { 'web-old': 14, 'web-new': 9 },
    ],
    [
      'takes one unavailable where both limits round to nothing',
      { replicas: 3, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '10%' } } },
      [{ image: 'old', size: 3, desired: 3, max: 3 }],
      { created: 0, 'web-old': 2 },
    ],
  ])('%s', (_title, spec, shapes, expected) => {
    expect(sizes(plan(makeDeployment(spec), shapes))).toEqual(expected);
  });

  it.each<[string, Shape[], boolean, Record<string, number>]>([
    ['empties the old ones first', [{ image: 'old', size: 10 }], true, { 'web-old': 0 }],
    ['waits for the old pods to be gone', [{ image: 'old', size: 0 }], true, {}],
    ['then creates the new one', [{ image: 'old', size: 0 }], false, { created: 10 }],
  ])('with strategy Recreate %s', (_title, shapes, running, expected) => {
    const deployment = makeDeployment({ strategy: { type: 'Recreate' } });
    expect(sizes(plan(deployment, shapes, { running }))).toEqual(expected);
  });

  it('makes a new ReplicaSet with owner, hash label in selector and template, and annotations', () => {
    const deployment = makeDeployment();
    const { create, annotations } = plan(deployment, [{ image: 'old', size: 10, revision: 4 }]);
    const hash = templateHash(deployment.spec.template, undefined);
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    expect(create).toMatchObject({
      metadata: {
        name: `web-${hash}`,
        labels: { app: 'web', 'pod-template-hash': hash },
        annotations: {
          'deployment.kubernetes.io/revision': '5',
          'deployment.kubernetes.io/desired-replicas': '10',
          'deployment.kubernetes.io/max-replicas': '13',
        },
        ownerReferences: [{ kind: 'Deployment', uid: 'd1', controller: true, blockOwnerDeletion: true }],
      },
      spec: {
        selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } },
        template: { metadata: { labels: { app: 'web', 'pod-template-hash': hash } } },
      },
    });
    expect(annotations['deployment.kubernetes.io/revision']).toBe('5');
  });

  it('counts on from a revision that only 64 bits can hold', () => {
    const adopted = makeReplicaSet({ image: 'old', size: 10 });
    adopted.metadata.annotations = { 'deployment.kubernetes.io/revision': '3546343826724305832' };
    const { create } = rolloutPlan({
      deployment: makeDeployment(),
      replicaSets: [adopted],
      hasRunningPods: () => false,
      nowMs: NOW,
    });
    expect(create?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3546343826724305833',
    });
  });

  it('gives a template that comes again the next revision, and keeps its history', () => {
    const made = plan(makeDeployment(), [
      { image: 'new', size: 0, revision: 1 },
      { image: 'other', size: 10, revision: 2 },
    ]);
    expect(made.create).toBeUndefined();
    expect(made.update.find(({ from }) => from.metadata.name === 'web-new')?.to.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(made.annotations['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('hashes equal templates alike whatever their order, and anew for each collision', () => {
    const a = templateHash({ metadata: { labels: { x: '1', y: '2' } } }, undefined);
    expect(templateHash({ metadata: { labels: { y: '2', x: '1' } } }, undefined)).toBe(a);
    expect(templateHash({ metadata: { labels: { x: '1', y: '2' } } }, 1)).not.toBe(a);
  });

  it('copies annotations to the new ReplicaSet but for those that are about the Deployment itself', () => {
    const deployment = makeDeployment();
    deployment.metadata.annotations = { 'kubernetes.io/change-cause': 'x', 'deployment.kubernetes.io/revision': '7' };
    expect(newReplicaSetAnnotations(deployment, {}, 8n)).toEqual({
      'kubernetes.io/change-cause': 'x',
      'deployment.kubernetes.io/revision': '8',
    });
  });

  describe('tells its progress', () => {
    const progressing = (reason: string, at: string, status = 'True') => ({
      conditions: [{ type: 'Progressing', status, reason, lastUpdateTime: at, lastTransitionTime: at, message: '' }],
    });

    it('NewReplicaSetCreated when it makes one', () => {
      const made = plan(makeDeployment(), []);
      expect(condition(made, 'Progressing')).toMatchObject({
        status: 'True',
        reason: 'NewReplicaSetCreated',
        message: `Created new replica set "${made.create!.metadata.name}"`,
      });
      expect(condition(made, 'Available')).toMatchObject({ status: 'False', reason: 'MinimumReplicasUnavailable' });
    });

    it('NewReplicaSetAvailable when all is done', () => {
      const made = plan(makeDeployment(), [{ image: 'new', size: 10 }]);
      expect(condition(made, 'Progressing')).toMatchObject({
        reason: 'NewReplicaSetAvailable',
        message: 'ReplicaSet "web-new" has successfully progressed.',
      });
      expect(made.status).toMatchObject({
        replicas: 10,
        updatedReplicas: 10,
        readyReplicas: 10,
        availableReplicas: 10,
      });
      expect(made.status).not.toHaveProperty('unavailableReplicas');
    });

    it('ReplicaSetUpdated when pods appear, with a new lastUpdateTime and the old transition', () => {
      const before = progressing('NewReplicaSetCreated', '2026-01-01T11:00:00Z');
      const made = plan(makeDeployment({}, before), [{ image: 'new', size: 10, available: 0 }]);
      expect(condition(made, 'Progressing')).toMatchObject({
        reason: 'ReplicaSetUpdated',
        lastUpdateTime: '2026-01-01T12:00:00Z',
        lastTransitionTime: '2026-01-01T11:00:00Z',
      });
    });

    it.each([
      ['at the deadline', 600, 'NewReplicaSetCreated'],
      ['after the deadline', 601, 'ProgressDeadlineExceeded'],
    ])('%s', (_title, seconds, reason) => {
      const status = {
        replicas: 10,
        updatedReplicas: 10,
        ...progressing('NewReplicaSetCreated', '2026-01-01T12:00:00Z'),
      };
      const deployment = makeDeployment({}, status);
      const made = plan(deployment, [{ image: 'new', size: 10, available: 0 }], { nowMs: NOW + seconds * 1000 });
      expect(condition(made, 'Progressing')?.reason).toBe(reason);
    });

    it('DeploymentPaused and DeploymentResumed', () => {
      const paused = plan(makeDeployment({ paused: true }, progressing('ReplicaSetUpdated', '2026-01-01T11:00:00Z')), [
        { image: 'new', size: 10, available: 2 },
      ]);
      expect(condition(paused, 'Progressing')).toMatchObject({ status: 'Unknown', reason: 'DeploymentPaused' });
      const resumed = plan(makeDeployment({}, { ...paused.status }), [{ image: 'new', size: 10, available: 2 }]);
      expect(condition(resumed, 'Progressing')).toMatchObject({ status: 'Unknown', reason: 'DeploymentResumed' });
    });
  });

  it('counts pods that could not be made as unavailable, and repeats why', () => {
    const failing = makeReplicaSet({ image: 'new', size: 10, available: 0 });
    const why = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' };
    failing.status = { replicas: 0, conditions: [{ ...why, lastTransitionTime: '2026-01-01T11:00:00Z' }] };
    const made = rolloutPlan({
      deployment: makeDeployment(),
      replicaSets: [failing],
      hasRunningPods: () => false,
      nowMs: NOW,
    });
    expect(made.status).toMatchObject({ unavailableReplicas: 10 });
    expect(condition(made, 'ReplicaFailure')).toMatchObject({ ...why, lastUpdateTime: '2026-01-01T11:00:00Z' });
  });

  it('removes empty old ReplicaSets beyond the history limit once it is complete, the oldest first', () => {
    const done = { replicas: 10, updatedReplicas: 10, availableReplicas: 10, observedGeneration: 1 };
    const made = plan(makeDeployment({ revisionHistoryLimit: 1 }, done), [
      { image: 'a', size: 0, revision: 1 },
      { image: 'b', size: 0, revision: 2 },
      { image: 'c', size: 0, revision: 3 },
      { image: 'new', size: 10, revision: 4 },
    ]);
    expect(made.remove.map(({ metadata }) => metadata.name)).toEqual(['web-a', 'web-b']);
  });
});
