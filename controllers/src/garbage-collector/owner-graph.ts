import {
  type ApiObject,
  apiVersionOf,
  type Informer,
  type InformerFactory,
  keyOf,
  nameKey,
  type OwnerReference,
  type Resource,
} from '@kubarium/shared';

const OWNER_INDEX = 'owner';
const OWNER_INDEXERS = {
  [OWNER_INDEX]: ({ metadata }: ApiObject): readonly string[] => (metadata.ownerReferences ?? []).map(({ uid }) => uid),
};

/** An object with the resource that it is one of. */
export interface Item {
  readonly resource: Resource;
  readonly object: ApiObject;
}

/** Who owns whom, over every resource: read from the informers' caches, kept nowhere twice. */
export class OwnerGraph {
  readonly #informers = new Map<string, { resource: Resource; informer: Informer<ApiObject> }>();
  readonly #byKind = new Map<string, Resource>();

  constructor(informers: InformerFactory, resources: readonly Resource[]) {
    for (const resource of resources) {
      const informer = informers.informer(resource, { indexers: OWNER_INDEXERS });
      this.#informers.set(resourceKey(resource), { resource, informer });
      this.#byKind.set(`${apiVersionOf(resource)}/${resource.kind}`, resource);
    }
  }

  onChange(
    tell: (resource: Resource, object: ApiObject, previous: ApiObject | undefined, isGone: boolean) => void,
  ): void {
    for (const { resource, informer } of this.#informers.values()) {
      informer.onChange({
        added: (object) => tell(resource, object, undefined, false),
        updated: (object, previous) => tell(resource, object, previous, false),
        deleted: (object) => tell(resource, object, object, true),
      });
    }
  }

  /** A work-queue key, and what it stands for. */
  keyOf(resource: Resource, object: ApiObject): string {
    return `${resourceKey(resource)} ${keyOf(object)}`;
  }

  get(key: string): Item | undefined {
    const [of = '', name = ''] = key.split(' ');
    const found = this.#informers.get(of);
    const object = found?.informer.store.get(name);
    return found === undefined || object === undefined ? undefined : { resource: found.resource, object };
  }

  dependentsOf(uid: string): Item[] {
    return [...this.#informers.values()].flatMap(({ resource, informer }) =>
      informer.store.byIndex(OWNER_INDEX, uid).map((object) => ({ resource, object })),
    );
  }

  /** An object by its uid, in whatever namespace. Costs a scan: for finding out what is wrong only. */
  find(resource: Resource, uid: string): ApiObject | undefined {
    const { informer } = this.#informers.get(resourceKey(resource)) ?? {};
    return informer?.store.list().find((object) => object.metadata.uid === uid);
  }

  /** The resource that a reference means; undefined where no such kind is served, or none that is followed. */
  resourceOf({ apiVersion, kind }: OwnerReference): Resource | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** The owner as the cache has it: one of another uid is another object. */
  cachedOwner(reference: OwnerReference, namespace: string | undefined): Item | undefined {
    const resource = this.resourceOf(reference);
    if (resource === undefined) return undefined;
    const key = nameKey({ name: reference.name, namespace: resource.namespaced ? namespace : undefined });
    const object = this.#informers.get(resourceKey(resource))?.informer.store.get(key);
    return object?.metadata.uid === reference.uid ? { resource, object } : undefined;
  }
}

const resourceKey = ({ group, version, resource }: Resource): string => `${group}/${version}/${resource}`;
