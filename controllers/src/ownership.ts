import {
  type ApiObject,
  apiVersionOf,
  type Indexers,
  type LabelSelector,
  labelSelectorMatches,
  type OwnerReference,
  type Resource,
} from '@kubarium/shared';

/** The owner that manages an object: the one reference with `controller: true`. */
export const controllerOf = (object: ApiObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller === true);

/** The reference that makes `owner` an object's controller. */
export const controllerReference = (resource: Resource, owner: ApiObject): OwnerReference => ({
  apiVersion: apiVersionOf(resource),
  kind: resource.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Objects by their controller's uid. */
export const CONTROLLER_INDEX = 'controller';
/** Objects without a controller, by namespace. */
export const ORPHAN_INDEX = 'orphan';

export const OWNERSHIP_INDEXERS: Indexers<ApiObject> = {
  [CONTROLLER_INDEX]: (object) => {
    const controller = controllerOf(object);
    return controller === undefined ? [] : [controller.uid];
  },
  [ORPHAN_INDEX]: (object) => (controllerOf(object) === undefined ? [object.metadata.namespace ?? ''] : []),
};

export interface Claim<T> {
  /** Owned and selected. */
  readonly owned: readonly T[];
  /** Selected and without controller: to be adopted. */
  readonly orphans: readonly T[];
  /** Owned but no longer selected: to be released. */
  readonly strays: readonly T[];
}

/** Which of the objects belong to an owner, by controller reference and selector (client-go's controller_ref_manager). */
export function claim<T extends ApiObject>(owner: ApiObject, selector: LabelSelector, objects: readonly T[]): Claim<T> {
  const owned: T[] = [];
  const orphans: T[] = [];
  const strays: T[] = [];
  const isDying = owner.metadata.deletionTimestamp !== undefined;
  for (const object of objects) {
    const controller = controllerOf(object);
    const isSelected = labelSelectorMatches(selector, object.metadata.labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (isSelected) owned.push(object);
      else if (!isDying) strays.push(object);
    } else if (isSelected && !isDying && object.metadata.deletionTimestamp === undefined) orphans.push(object);
  }
  return { owned, orphans, strays };
}

/** Strategic merge patch that adopts an object; `uid` makes it fail on another object of the same name. */
export const adoptionPatch = (object: ApiObject, owner: OwnerReference): unknown => ({
  metadata: { ownerReferences: [owner], uid: object.metadata.uid },
});

/** Strategic merge patch that releases an object from an owner. */
export const releasePatch = (object: ApiObject, ownerUid: string): unknown => ({
  metadata: { ownerReferences: [{ $patch: 'delete', uid: ownerUid }], uid: object.metadata.uid },
});
