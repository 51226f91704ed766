import type {
  ConfigMap,
  EventRecorder,
  KubeClient,
  NetworkNamespace,
  NetworkPlugin,
  Runtime,
  Secret,
  Service,
  Store,
  TraceKeeper,
} from '@kubarium/shared';
import type { MakeRootFileSystem, StartContainer } from './container/container.ts';
import type { ClusterDns } from './container/resolv-conf.ts';
import type { MakeVolume, NewVolume } from './container/volumes/pod-volume.ts';
import type { ImageStore } from './image-store.ts';
import type { StatusWriter } from './status-writer.ts';

/** What the pods of one node share: the node's own facts, its caches, and the joints to the rest of the cluster. */
export interface NodeContext {
  readonly nodeName: string;
  readonly nodeAddress: string;
  readonly runtime: Runtime;
  readonly client: KubeClient;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly statuses: StatusWriter;
  readonly images: ImageStore;
  readonly services: Store<Service>;
  readonly configMaps: Store<ConfigMap>;
  readonly secrets: Store<Secret>;
  readonly network: NetworkPlugin;
  /** The node's own network: of the kubelet's probes, and of pods with `hostNetwork`. */
  readonly hostNetwork: () => NetworkNamespace;
  /** The node's own tree, for hostPath volumes. */
  readonly hostTree: () => NewVolume;
  readonly startContainer: StartContainer;
  readonly makeRootFileSystem: MakeRootFileSystem;
  readonly makeVolume: MakeVolume;
  readonly clusterDns: ClusterDns;
  readonly traces?: TraceKeeper | undefined;
  readonly allocatable: Readonly<Record<string, string>>;
  /** A free address of the node's podCIDR; undefined while the node has none, or none is left. */
  allocateAddress(): string | undefined;
  releaseAddress(address: string): void;
  /** Why the node's network is not ready; undefined once it is. */
  networkProblem(): string | undefined;
}
