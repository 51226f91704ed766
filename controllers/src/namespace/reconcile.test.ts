import { CONFIG_MAPS, DEPLOYMENTS } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { deletionConditions } from './reconcile.ts';

const NOW = Date.UTC(2026, 0, 1);
const short = (conditions: ReturnType<typeof deletionConditions>) =>
  conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

// Recorded from kube-controller-manager 1.35, a ConfigMap with a finalizer being left.
it('says what is left and what keeps it', () => {
  const held = makePod({ metadata: { finalizers: ['example.com/hold'] } });
  const remaining = [
    { resource: CONFIG_MAPS, objects: [held] },
    { resource: DEPLOYMENTS, objects: [] },
  ];
  expect(short(deletionConditions([], { remaining, failures: [] }, NOW))).toEqual([
    'NamespaceDeletionDiscoveryFailure=False ResourcesDiscovered: All resources successfully discovered',
    'NamespaceDeletionGroupVersionParsingFailure=False ParsedGroupVersions: All legacy kube types successfully parsed',
    'NamespaceDeletionContentFailure=False ContentDeleted: All content successfully deleted, may be waiting on finalization',
    'NamespaceContentRemaining=True SomeResourcesRemain: Some resources are remaining: configmaps. has 1 resource instances',
    'NamespaceFinalizersRemaining=True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
  ]);
});

it('keeps the moment of a condition that stays the same', () => {
  const first = deletionConditions([], { remaining: [], failures: [] }, NOW);
  expect(deletionConditions(first, { remaining: [], failures: [] }, NOW + 60_000)).toEqual(first);
  const failed = deletionConditions(first, { remaining: [], failures: ['no'] }, NOW + 60_000);
  expect(failed[2]).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' });
});
