import type { ApiObject, OwnerReference } from '@kubarium/shared';

export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

const isDying = ({ metadata }: ApiObject): boolean => metadata.deletionTimestamp !== undefined;
const holds = ({ metadata }: ApiObject, finalizer: string): boolean =>
  metadata.finalizers?.includes(finalizer) === true;

/** True where an object waits for its dependents to be deleted before it goes itself. */
export const isDeletingDependents = (object: ApiObject): boolean => isDying(object) && holds(object, FOREGROUND);

/** True where an object waits for its dependents to be set free before it goes. */
export const isOrphaningDependents = (object: ApiObject): boolean => isDying(object) && holds(object, ORPHAN);

/** How an owner stands: there, gone for good, or there only until its dependents are gone. */
export type OwnerState = 'solid' | 'absent' | 'waiting';

export interface Owner {
  readonly reference: OwnerReference;
  readonly state: OwnerState;
}

/** What is due for an object, by its owners. */
export type Verdict =
  | { readonly kind: 'keep' }
  /** Some owners live: only the references to the others go. */
  | { readonly kind: 'release'; readonly uids: ReadonlySet<string> }
  | { readonly kind: 'delete'; readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan' };

/** Decides on an object that is not being deleted (kubernetes/pkg/controller/garbagecollector, attemptToDeleteItem). */
export function verdict(object: ApiObject, owners: readonly Owner[], hasDependents: boolean): Verdict {
  const gone = owners.filter(({ state }) => state !== 'solid');
  if (gone.length === 0) return { kind: 'keep' };
  if (gone.length < owners.length) {
    return { kind: 'release', uids: new Set(gone.map(({ reference }) => reference.uid)) };
  }
  if (hasDependents && gone.some(({ state }) => state === 'waiting')) {
    return { kind: 'delete', propagationPolicy: 'Foreground' };
  }
  // What the object itself asks for counts where it says something.
  if (holds(object, ORPHAN)) return { kind: 'delete', propagationPolicy: 'Orphan' };
  return { kind: 'delete', propagationPolicy: holds(object, FOREGROUND) ? 'Foreground' : 'Background' };
}

/** True where the dependent keeps an owner that is deleted in the foreground from going. */
export const isBlocking = (dependent: ApiObject, ownerUid: string): boolean =>
  dependent.metadata.ownerReferences?.some(
    (reference) => reference.uid === ownerUid && reference.blockOwnerDeletion === true,
  ) === true;

/** A merge patch after which the object keeps no owner from going, unless it changes before. */
export const withoutBlocking = ({ metadata }: ApiObject): unknown => ({
  metadata: {
    resourceVersion: metadata.resourceVersion,
    ownerReferences: (metadata.ownerReferences ?? []).map((reference) => ({ ...reference, blockOwnerDeletion: false })),
  },
});

/** A merge patch that takes references to these owners away, unless the object changes before. */
export const withoutOwners = ({ metadata }: ApiObject, uids: ReadonlySet<string>): unknown => ({
  metadata: {
    resourceVersion: metadata.resourceVersion,
    ownerReferences: (metadata.ownerReferences ?? []).filter(({ uid }) => !uids.has(uid)),
  },
});

/** A merge patch that takes a finalizer away, unless the object changes before. */
export const withoutFinalizer = ({ metadata }: ApiObject, finalizer: string): unknown => ({
  metadata: {
    resourceVersion: metadata.resourceVersion,
    finalizers: (metadata.finalizers ?? []).filter((each) => each !== finalizer),
  },
});
