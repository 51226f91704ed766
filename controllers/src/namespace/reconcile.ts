import { type ApiObject, type NamespaceCondition, type Resource, timestamp } from '@kubarium/shared';

/** What is left of one resource in a namespace after its deletion was asked for. */
export interface Remaining {
  readonly resource: Resource;
  readonly objects: readonly ApiObject[];
}

export interface Progress {
  readonly remaining: readonly Remaining[];
  /** Why something could not be deleted or listed. */
  readonly failures: readonly string[];
}

/** The conditions of a namespace in deletion, worded as kube-controller-manager does. */
export function deletionConditions(
  current: readonly NamespaceCondition[],
  { remaining, failures }: Progress,
  nowMs: number,
): NamespaceCondition[] {
  const counts = remaining
    .filter(({ objects }) => objects.length > 0)
    .map(({ resource, objects }) => `${resource.resource}.${resource.group} has ${objects.length} resource instances`)
    .sort();
  const finalizers = new Map<string, number>();
  for (const finalizer of remaining.flatMap(({ objects }) =>
    objects.flatMap(({ metadata }) => metadata.finalizers ?? []),
  )) {
    finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
  }
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).sort();
  const wanted: [type: string, isTrue: boolean, reason: string, message: string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ],
    failures.length === 0
      ? [
          'NamespaceDeletionContentFailure',
          false,
          'ContentDeleted',
          'All content successfully deleted, may be waiting on finalization',
        ]
      : [
          'NamespaceDeletionContentFailure',
          true,
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
        ],
    counts.length === 0
      ? ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed']
      : [
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${counts.join(', ')}`,
        ],
    held.length === 0
      ? ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished']
      : [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        ],
  ];
  const own = wanted.map(([type, isTrue, reason, message]): NamespaceCondition => {
    const status = isTrue ? 'True' : 'False';
    const known = current.find((condition) => condition.type === type);
    const isSame = known?.status === status && known.message === message && known.reason === reason;
    return isSame ? known : { type, status, lastTransitionTime: timestamp(nowMs), reason, message };
  });
  return [...current.filter(({ type }) => !own.some((condition) => condition.type === type)), ...own];
}
