import type { NetworkPolicies } from '@kubarium/network';
import { SERVICE_NAME_LABEL, type Proxy } from '@kubarium/proxy';
import {
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  EVENTS,
  NAMESPACE_INDEX,
  NAMESPACES,
  NODES,
  PODS,
  REPLICA_SETS,
  SERVICES,
  inOrderOfTime,
  mapSelectorMatches,
  type Clock,
  type Deployment,
  type EndpointSlice,
  type Indexers,
  type Informer,
  type InformerFactory,
  type KubeClient,
  type Namespace,
  type Node,
  type OpenPort,
  type Pod,
  type ReplicaSet,
  type Service,
} from '@kubarium/shared';
import { DeletedServices } from './deleted-services.ts';
import type { Warning } from './facts.ts';

/** The pod network as explanations see it. */
export interface NetworkView {
  /** What listens at an address; undefined where nobody has it. */
  openPortsOf(address: string): readonly OpenPort[] | undefined;
}

/** The network policies as explanations see them. */
export type PolicyView = Pick<NetworkPolicies, 'verdict' | 'endAt'>;

/** The proxies' rules as explanations see them. */
export type ProxyView = Pick<Proxy, 'keptAt'>;

export interface ClusterViewOptions {
  readonly client: KubeClient;
  readonly informers: InformerFactory;
  readonly network: NetworkView;
  /** Absent: none are enforced. */
  readonly policies?: PolicyView | undefined;
  readonly proxy: ProxyView;
  readonly clock: Clock;
  readonly clusterDomain: string;
  /** The address that pods resolve names at, and the Service behind it. */
  readonly dnsAddress: string;
  readonly dnsService: { readonly namespace: string; readonly name: string };
}

/** How many pods of a namespace are looked at for one that a selector nearly matches. */
const NEAR_PODS_MAX = 2_000;

const SLICE_INDEXERS: Indexers<EndpointSlice> = {
  'explain/service': ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[SERVICE_NAME_LABEL] ?? ''}`],
};
const POD_INDEXERS: Indexers<Pod> = {
  'explain/label': ({ metadata }) =>
    Object.entries(metadata.labels ?? {}).map(([key, value]) => `${metadata.namespace}/${key}=${value}`),
};
const SERVICE_INDEXERS: Indexers<Service> = {
  'explain/address': ({ spec }) => spec.clusterIPs ?? [],
  'explain/name': ({ metadata }) => [metadata.name],
};

/** What explanations read, out of caches that the cluster's parts keep anyway; indexes are made at the first question. */
export class ClusterView {
  readonly options: ClusterViewOptions;
  readonly services: Informer<Service>;
  readonly slices: Informer<EndpointSlice>;
  readonly pods: Informer<Pod>;
  readonly deleted: DeletedServices;
  readonly #nodes: Informer<Node>;
  readonly #namespaces: Informer<Namespace>;
  readonly #deployments: Informer<Deployment>;
  readonly #replicaSets: Informer<ReplicaSet>;

  constructor(options: ClusterViewOptions) {
    const { informers, clock } = options;
    this.options = options;
    this.services = informers.informer(SERVICES, { indexers: SERVICE_INDEXERS });
    this.slices = informers.informer(ENDPOINT_SLICES, { indexers: SLICE_INDEXERS });
    this.pods = informers.informer(PODS, { indexers: POD_INDEXERS });
    this.#nodes = informers.informer(NODES);
    this.#namespaces = informers.informer(NAMESPACES);
    this.#deployments = informers.informer(DEPLOYMENTS);
    this.#replicaSets = informers.informer(REPLICA_SETS);
    this.deleted = new DeletedServices(this.services, clock);
  }

  hasNamespace(name: string): boolean {
    return this.#namespaces.store.get(name) !== undefined;
  }

  nodes(): readonly Node[] {
    return this.#nodes.store.list();
  }

  node(name: string | undefined): Node | undefined {
    return name === undefined ? undefined : this.#nodes.store.get(name);
  }

  serviceAt(address: string): Service | undefined {
    return this.services.store.byIndex('explain/address', address)[0];
  }

  /** The Services of a namespace, and those of the same name in others. */
  servicesLike(namespace: string, name: string): readonly Service[] {
    const here = this.services.store.byIndex(NAMESPACE_INDEX, namespace);
    const namesakes = this.services.store.byIndex('explain/name', name);
    return [...here, ...namesakes.filter(({ metadata }) => metadata.namespace !== namespace)];
  }

  slicesOf({ metadata }: Service): readonly EndpointSlice[] {
    return this.slices.store.byIndex('explain/service', `${metadata.namespace}/${metadata.name}`);
  }

  /** The slices of a namespace whose label names no Service that there is. */
  strandedSlices(namespace: string): readonly EndpointSlice[] {
    return this.slices.store.byIndex(NAMESPACE_INDEX, namespace).filter(({ metadata }) => {
      const service = metadata.labels?.[SERVICE_NAME_LABEL];
      return service === undefined || this.services.store.get(`${namespace}/${service}`) === undefined;
    });
  }

  /** The pods that a selector matches; none for an empty one. */
  podsOf(namespace: string, selector: Readonly<Record<string, string>>): readonly Pod[] {
    const [first] = Object.entries(selector);
    if (first === undefined) return [];
    return this.pods.store
      .byIndex('explain/label', `${namespace}/${first[0]}=${first[1]}`)
      .filter(({ metadata }) => mapSelectorMatches(selector, metadata.labels));
  }

  podsNear(namespace: string): readonly Pod[] {
    return this.pods.store.byIndex(NAMESPACE_INDEX, namespace).slice(0, NEAR_PODS_MAX);
  }

  /** Pods of other namespaces that a selector would match. */
  podsElsewhere(namespace: string, selector: Readonly<Record<string, string>>): readonly Pod[] {
    return this.#namespaces.store
      .list()
      .filter(({ metadata }) => metadata.name !== namespace)
      .flatMap(({ metadata }) => this.podsOf(metadata.name, selector));
  }

  workloads(namespace: string, selector: Readonly<Record<string, string>>): readonly (Deployment | ReplicaSet)[] {
    return [
      ...this.#deployments.store.byIndex(NAMESPACE_INDEX, namespace),
      ...this.#replicaSets.store.byIndex(NAMESPACE_INDEX, namespace),
    ].filter(({ spec }) => mapSelectorMatches(selector, spec.template?.metadata?.labels));
  }

  /** The Warning events about a pod, newest first. */
  async warningsAbout({ metadata }: Pod): Promise<readonly Warning[]> {
    const { items } = await this.options.client.list(EVENTS, {
      namespace: metadata.namespace,
      fieldSelector: `involvedObject.uid=${metadata.uid},type=Warning`,
    });
    return inOrderOfTime(items)
      .toReversed()
      .map(({ reason = '', message = '' }) => ({ reason, message }));
  }
}
