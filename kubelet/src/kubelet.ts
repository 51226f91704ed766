import {
  type Attachment,
  type Component,
  CONFIG_MAPS,
  EventRecorder,
  type Informer,
  type InformerFactory,
  type KubeClient,
  type KubeletApi,
  type NetworkPlugin,
  type Node,
  NODES,
  type Pod,
  PODS,
  type Runtime,
  SECRETS,
  SERVICES,
  type TraceKeeper,
} from '@kubarium/shared';
import type { MakeRootFileSystem, StartContainer } from './container/container.ts';
import { createUnopenedVolume, createVolume, OpenableVolume, openVolume } from './container/memory-volume.ts';
import type { ClusterDns } from './container/resolv-conf.ts';
import type { MakeVolume, NewVolume } from './container/volumes/pod-volume.ts';
import { ImageStore, type PullDelay } from './image-store.ts';
import type { ImageRegistry } from './images/image.ts';
import { KubeletServer } from './kubelet-server.ts';
import { nodeRefusal } from './node-affinity.ts';
import type { NodeContext } from './node-context.ts';
import { nodeTree } from './container/volumes/node-tree.ts';
import { nodeEvents } from './node-events.ts';
import { NodeHeartbeat } from './node-heartbeat.ts';
import { NodeLedger, type Refusal } from './node-ledger.ts';
import type { NodeFacts } from './node-status.ts';
import { PodIpAllocator } from './pod-ip-allocator.ts';
import { PodWorker, type PodWorkerOwner } from './pod-worker.ts';
import { StatusWriter } from './status-writer.ts';

export interface KubeletOptions {
  readonly nodeName: string;
  /** The node's own address, such as 172.18.0.2. */
  readonly nodeAddress: string;
  readonly runtime: Runtime;
  readonly client: KubeClient;
  /** Gives the caches of Services, ConfigMaps and Secrets, which the kubelets of one process share, and the node's own pods. */
  readonly informers: InformerFactory;
  readonly network: NetworkPlugin;
  readonly images: ImageRegistry;
  readonly startContainer: StartContainer;
  readonly makeRootFileSystem: MakeRootFileSystem;
  readonly clusterDns?: ClusterDns | undefined;
  /** Who keeps the traces of requests that a program offers to trace (`curl -v`); by default nobody, and none is offered. */
  readonly traces?: TraceKeeper | undefined;
  /** Labels beside those that every node has. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What replaces or adds to the default capacity (8 CPUs, 16Gi of memory, 100Gi of storage, 110 pods). */
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  /** How many milliseconds the first pull of an image on this node takes; by default 20 to 100, by chance. */
  readonly pullDelay?: PullDelay | undefined;
  /** `v1.35.4`. */
  readonly version?: string | undefined;
}

const DEFAULT_CAPACITY = {
  cpu: '8',
  'ephemeral-storage': '100Gi',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '16Gi',
  pods: '110',
};

const defaultPullDelay: PullDelay = (_image, { random }) => 20 + random.integer(81);

const NOT_READY =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

/**
 * One simulated node: registers itself, runs the pods that are bound to it, and reports of both. Pods that it finds bound when
 * it starts are started anew, as after the node's reboot. Disposing it is a power cut: nothing is reported.
 */
export class Kubelet implements Component {
  readonly name: string;
  /** What the API server asks of this node. */
  readonly api: KubeletApi;
  readonly #options: KubeletOptions;
  readonly #events: EventRecorder;
  readonly #statuses: StatusWriter;
  readonly #images: ImageStore;
  readonly #ledger: NodeLedger;
  readonly #heartbeat: NodeHeartbeat;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #context: NodeContext;
  /** By the pods' uid. */
  readonly #workers = new Map<string, PodWorker>();
  #addresses: PodIpAllocator | undefined;
  #node: Node | undefined;
  #hostNetwork: Attachment | undefined;
  #hostTree: NewVolume | undefined;
  #stopped = false;

  constructor(options: KubeletOptions) {
    const { nodeName, nodeAddress, client, informers } = options;
    this.name = `kubelet/${nodeName}`;
    this.#options = options;
    const runtime = { ...options.runtime, random: options.runtime.random.fork(`kubelet/${nodeName}`) };
    this.#events = new EventRecorder({ client, runtime, component: 'kubelet', host: nodeName });
    this.#statuses = new StatusWriter(client, runtime);
    this.#images = new ImageStore(options.images, runtime, options.pullDelay ?? defaultPullDelay);
    const makeVolume: MakeVolume = (type, fill) => {
      if (fill === undefined) return new OpenableVolume(createVolume(type, runtime), runtime);
      const volume = createUnopenedVolume(type, runtime, (root) =>
        fill((nowMs) => openVolume({ type, root }, { ...runtime, clock: { now: () => nowMs } })),
      );
      return new OpenableVolume(volume, runtime);
    };
    const capacity = { ...DEFAULT_CAPACITY, ...options.capacity };
    this.#ledger = new NodeLedger(capacity);
    this.#pods = informers.informer(PODS, { fieldSelector: `spec.nodeName=${nodeName}` });
    this.#nodes = informers.informer(NODES, { fieldSelector: `metadata.name=${nodeName}` });
    const services = informers.informer(SERVICES);
    const configMaps = informers.informer(CONFIG_MAPS);
    const secrets = informers.informer(SECRETS);
    this.#context = {
      ...options,
      makeVolume,
      runtime,
      events: this.#events,
      statuses: this.#statuses,
      images: this.#images,
      services: services.store,
      configMaps: configMaps.store,
      secrets: secrets.store,
      hostNetwork: () => (this.#hostNetwork ??= options.network.host(nodeName, [nodeAddress])).network,
      hostTree: () => (this.#hostTree ??= nodeTree(makeVolume, nodeName, nodeAddress)),
      clusterDns: options.clusterDns ?? { address: '10.96.0.10', domain: 'cluster.local' },
      allocatable: capacity,
      allocateAddress: () => this.#addresses?.allocate(),
      releaseAddress: (address) => this.#addresses?.release(address),
      networkProblem: () => this.#networkProblem(),
    };
    this.#heartbeat = new NodeHeartbeat({
      runtime,
      client,
      facts: nodeFacts(options, capacity, runtime),
      images: this.#images,
      networkProblem: (podCidr) => (podCidr === undefined ? NOT_READY : undefined),
      onNode: (node) => this.#seeNode(node),
    });
    this.api = new KubeletServer(runtime, (uid) => this.#workers.get(uid));
    for (const [informer, kind] of [
      [configMaps, 'configMap'],
      [secrets, 'secret'],
    ] as const)
      informer.onChange({
        added: (object) => this.#nudgeUsers(kind, object.metadata.namespace, object.metadata.name),
        updated: (object) => this.#nudgeUsers(kind, object.metadata.namespace, object.metadata.name),
      });
  }

  /** Resolves once the node is registered and the pods bound to it are being started. */
  async start(): Promise<void> {
    await this.#options.informers.start();
    await this.#heartbeat.register();
    this.#nodes.onChange({
      added: (node) => this.#nodeChanged(node),
      updated: (node, previous) => {
        this.#nodeChanged(node);
        this.#tellOfNode(node, previous);
      },
    });
    this.#pods.onChange({
      added: (pod) => this.#added(pod),
      updated: (pod) => this.#workers.get(pod.metadata.uid)?.update(pod),
      deleted: (pod) => this.#workers.get(pod.metadata.uid)?.removed(pod),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#heartbeat[Symbol.dispose]();
    this.#statuses.stop();
    for (const worker of this.#workers.values()) worker.abandon();
    this.#workers.clear();
    this.#hostNetwork?.[Symbol.dispose]();
    await this.#events[Symbol.asyncDispose]();
  }

  #added(pod: Pod): void {
    if (this.#stopped || this.#workers.has(pod.metadata.uid)) return;
    const worker = new PodWorker(this.#context, pod, this.#owner);
    this.#workers.set(pod.metadata.uid, worker);
    worker.start();
  }

  readonly #owner: PodWorkerOwner = {
    admit: (pod) => this.#admit(pod),
    ended: ({ pod }) => this.#ledger.release(pod.metadata.uid),
    gone: ({ pod }) => void this.#workers.delete(pod.metadata.uid),
  };

  #admit(pod: Pod): Refusal | undefined {
    return (this.#node === undefined ? undefined : nodeRefusal(pod, this.#node)) ?? this.#ledger.admit(pod);
  }

  #networkProblem(): string | undefined {
    return this.#addresses === undefined ? NOT_READY : undefined;
  }

  #nodeChanged(node: Node): void {
    this.#seeNode(node);
    this.#heartbeat.update(node);
  }

  #tellOfNode(node: Node, previous: Node): void {
    for (const reason of nodeEvents(node, previous)) {
      const { name } = node.metadata;
      // A kubelet knows its node by the name only; kubectl looks for both.
      this.#events.event({ kind: 'Node', name, uid: name }, 'Normal', reason, `Node ${name} status is now: ${reason}`);
    }
  }

  #seeNode(node: Node): void {
    this.#node = node;
    const { podCIDR } = node.spec;
    if (podCIDR === undefined || this.#addresses !== undefined) return;
    this.#addresses = new PodIpAllocator(podCIDR);
    this.#addresses.beginAfter(this.#pods.store.list().flatMap(({ status }) => status.podIP ?? []));
    for (const worker of this.#workers.values()) worker.nudge();
  }

  /** A ConfigMap or Secret has changed: the pods that mount it see it. */
  #nudgeUsers(kind: 'configMap' | 'secret', namespace: string | undefined, name: string): void {
    for (const worker of this.#workers.values())
      if (worker.pod.metadata.namespace === namespace && uses(worker.pod, kind, name)) worker.nudge();
  }
}

const uses = ({ spec }: Pod, kind: 'configMap' | 'secret', name: string): boolean =>
  (spec.volumes ?? []).some(
    ({ configMap, secret, projected }) =>
      (kind === 'configMap' ? configMap?.name === name : secret?.secretName === name) ||
      (projected?.sources ?? []).some((source) => source[kind]?.name === name),
  );

function nodeFacts(options: KubeletOptions, capacity: Readonly<Record<string, string>>, runtime: Runtime): NodeFacts {
  // The machine is the same after a restart, the boot is another.
  const machine = options.runtime.random.fork(`machine/${options.nodeName}`);
  return {
    name: options.nodeName,
    address: options.nodeAddress,
    labels: options.labels ?? {},
    capacity,
    allocatable: capacity,
    version: options.version ?? 'v1.35.4',
    machineId: machine.uuid().replaceAll('-', ''),
    systemUuid: machine.uuid(),
    bootId: runtime.random.uuid(),
  };
}
