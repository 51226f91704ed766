import {
  bootstrapRules,
  Compactor,
  EventExpirer,
  createRegistry,
  LocalTransport,
  objectCodec,
  openSqliteStorage,
  RbacAuthorizer,
  ServiceAccountSigner,
  type Storage,
  type CompactorOptions,
  type ReviewResource,
  type TlsOptions,
} from '@kubarium/apiserver';
import { ControllerManager, type ControllerContext, type ControllerFactory } from '@kubarium/controllers';
import { ClusterDns, forwardTo } from '@kubarium/dns';
import { createImageRegistry, Kubelet, makeRootFileSystem, startContainer, type Image } from '@kubarium/kubelet';
import { NetworkPolicies, PodNetwork } from '@kubarium/network';
import { HealthCheckServer, Proxy } from '@kubarium/proxy';
import { Scheduler } from '@kubarium/scheduler';
import {
  Activity,
  InformerFactory,
  KubeClient,
  realClock,
  silentLogger,
  VirtualClock,
  VirtualTime,
  type ApiObject,
  type Clock,
  type Component,
  type Logger,
  type Resource,
  type Runtime,
  type SocketAddress,
  type Transport,
} from '@kubarium/shared';
import { ApiServers, type ServeOptions } from './api-servers.ts';
import {
  CLUSTER_DOMAIN,
  CONTROL_PLANE_ADDRESS,
  CONTROL_PLANE_PORT,
  DNS_SERVICE_IP,
  nodeAddress,
  nodeName,
  nodeNetworkPrefix,
  POD_CIDR,
  PODS_PER_NODE,
  SERVICE_CIDR,
} from './bootstrap/addresses.ts';
import { createSystemObjects, systemObjectKeeper } from './bootstrap/system-objects.ts';
import { ClusterView } from './explain/cluster-view.ts';
import { ClockPace } from './clock/clock-pace.ts';
import { clockReview } from './clock/clock-review.ts';
import { explanationReview } from './explain/explanation-review.ts';
import { ServiceHealth } from './explain/service-health.ts';
import { coreDnsImage } from './images/coredns-image.ts';
import { InProcessNodes } from './in-process-nodes.ts';
import { NodeMachine } from './node-machine.ts';
import { dnsAlternatives } from './trace/dns-alternatives.ts';
import { dnsEvidence, type DnsKnowledge } from './trace/dns-evidence.ts';
import { TraceJournal } from './trace/trace-journal.ts';
import { traceReview } from './trace/trace-review.ts';
import { trafficReview } from './traffic/traffic-review.ts';

export interface ComposeOptions {
  /** How many simulated nodes; 2 by default. */
  readonly nodes?: number | undefined;
  /** The real DNS server that is asked for names outside the cluster; by default they are refused. */
  readonly dnsUpstream?: SocketAddress | undefined;
  /** Over how many zones the nodes are spread in turn (`zone-1`, ...); by default they have none. */
  readonly zones?: number | undefined;
  /** How many pods a node takes; 110 by default. */
  readonly podsPerNode?: number | undefined;
  readonly clock: Clock;
  readonly random: Runtime['random'];
  readonly logger?: Logger | undefined;
  /** The database file; absent: in memory. */
  readonly database?: string | undefined;
  /** How much of the past is kept for watches and exact lists. */
  readonly history?: CompactorOptions | undefined;
  /** Signs ServiceAccount tokens: PEM. */
  readonly serviceAccountKey: string;
  /** The authority by which pods know the API server, PEM: what every ConfigMap kube-root-ca.crt holds. */
  readonly rootCertificate: string;
  /** How the API server shows itself to pods; asked for when the first one connects. */
  readonly podTls: () => TlsOptions;
  /** Serves the machine as well, from the start and with the same certificate: for a cluster that people use. */
  readonly serve?: Omit<ServeOptions, 'tls'> | undefined;
  /** Images by name, besides the simulated ones. */
  readonly images?: ReadonlyMap<string, Image> | undefined;
  /** Controllers besides the built-in ones. */
  readonly controllers?: readonly ControllerFactory[] | undefined;
}

/** The parts of a running cluster. Disposing it stops all of them; what is in the database stays. */
export interface ComposedCluster extends AsyncDisposable {
  readonly client: KubeClient;
  /** The way that the client takes. */
  readonly transport: Transport;
  readonly runtime: Runtime;
  readonly activity: Activity;
  /** Moves the clock, where it is a virtual one. */
  readonly pace: ClockPace | undefined;
  /** Everything that has been written, and word of every write. */
  readonly storage: Pick<Storage<ApiObject>, 'revision' | 'watch'>;
  readonly dns: ClusterDns;
  readonly network: PodNetwork;
  readonly nodes: InProcessNodes;
  readonly proxy: Proxy;
  readonly policies: NetworkPolicies;
  readonly journal: TraceJournal;
  /** The machines of the nodes, by the nodes' names, to be switched off and on. */
  readonly machines: ReadonlyMap<string, NodeMachine>;
  /** Every served resource. */
  resources(): readonly Resource[];
  /** The port that `serve` asked for has become. */
  readonly port: number | undefined;
  /** Opens the API to this machine; resolves with the port. */
  serve(options: ServeOptions): Promise<number>;
}

/** The labels of a node's place, as a cloud puts them on. */
const zoneLabels = (index: number, zones: number): Record<string, string> =>
  zones === 0
    ? {}
    : { 'topology.kubernetes.io/region': 'region-1', 'topology.kubernetes.io/zone': `zone-${(index % zones) + 1}` };

/**
 * Simplified: the parts of the process speak to the API as one administrator; on a real cluster each has an identity of its own
 * (`system:kube-scheduler`, `system:node:NAME`, ...).
 */
const SYSTEM = { name: 'system:kubarium', groups: ['system:masters', 'system:authenticated'] };

/**
 * The composition root: builds every part, gives each what it needs, and starts them. The API server answers first; the promise
 * resolves once all parts are in work (pods may still be starting).
 */
export async function composeCluster(options: ComposeOptions): Promise<ComposedCluster> {
  const activity = new Activity();
  const { clock, random, logger = silentLogger } = options;
  const runtime: Runtime = { clock, random, logger, activity };
  await using parts = new AsyncDisposableStack();

  // Storage and API server.
  const storage = parts.use(openSqliteStorage({ path: options.database ?? ':memory:', codec: objectCodec, activity }));
  const signer = new ServiceAccountSigner(runtime, options.serviceAccountKey);
  const registry = createRegistry({
    storage,
    runtime,
    tokenIssuer: signer,
    services: { clusterIPRange: SERVICE_CIDR },
  });
  const authorizer = new RbacAuthorizer(bootstrapRules());
  const reviews: ReviewResource[] = [];
  const transport = new LocalTransport({ registry, authorizer, runtime, user: SYSTEM, reviews: () => reviews });
  const client = new KubeClient(transport);
  await createSystemObjects(client);

  // The pod network, with the virtual IPs of Services as its first stage and network policies as its last.
  const informers = parts.use(new InformerFactory(client, runtime));
  const network = new PodNetwork({ runtime, podCidr: POD_CIDR });
  const proxy = new Proxy({ informers, runtime, serviceCidr: SERVICE_CIDR });
  network.addStage(proxy.stage);
  const policies = new NetworkPolicies({ informers, ownerOf: (address) => network.ownerOf(address) });
  network.addFilter(policies);
  const controlPlane = parts.use(network.host('control-plane', [CONTROL_PLANE_ADDRESS])).network;
  const nodes = new InProcessNodes(controlPlane);

  const dns = new ClusterDns({
    informers,
    runtime,
    zone: CLUSTER_DOMAIN,
    upstream: options.dnsUpstream && forwardTo(options.dnsUpstream, runtime),
  });
  const view = new ClusterView({
    client,
    informers,
    network,
    policies,
    proxy,
    clock,
    clusterDomain: CLUSTER_DOMAIN,
    dnsAddress: DNS_SERVICE_IP,
    dnsService: { namespace: 'kube-system', name: 'kube-dns' },
  });
  const dnsKnowledge: DnsKnowledge = {
    serviceAddress: DNS_SERVICE_IP,
    answer: (question) => dns.answer(question),
    alternatives: (name) => dnsAlternatives(view, name),
  };
  const journal = new TraceJournal({
    runtime,
    tap: (tap) => network.tap(tap),
    evidence: (hop, before) => dnsEvidence(hop, before, dnsKnowledge),
  });
  const pace =
    clock instanceof VirtualClock ? parts.use(new ClockPace(new VirtualTime(clock, activity), realClock)) : undefined;
  reviews.push(
    traceReview({ client, nodes, journal }),
    explanationReview(view),
    trafficReview({ client, nodes, runtime }),
    clockReview({ clock, pace }),
  );
  const servers = parts.use(
    new ApiServers(
      {
        runtime,
        registry,
        nodes,
        serviceAccountSigner: signer,
        authorizer,
        reviews,
        storageRevision: () => storage.revision,
      },
      options.podTls,
    ),
  );
  const port = options.serve && (await servers.serveAlsoPods(options.serve));
  parts.use(controlPlane.listen({ port: CONTROL_PLANE_PORT }, (connection) => servers.accept(connection)));

  // Everything that acts on what the API holds.
  const images = createImageRegistry(new Map([['coredns', coreDnsImage(dns)], ...(options.images ?? [])]));
  const podsPerNode = options.podsPerNode ?? PODS_PER_NODE;
  const makeKubelet = (index: number): Kubelet =>
    new Kubelet({
      nodeName: nodeName(index + 1),
      nodeAddress: nodeAddress(index + 1),
      labels: zoneLabels(index, options.zones ?? 0),
      runtime,
      client,
      informers,
      network,
      images,
      capacity: { pods: String(podsPerNode) },
      startContainer,
      makeRootFileSystem,
      clusterDns: { address: DNS_SERVICE_IP, domain: CLUSTER_DOMAIN },
      traces: journal,
    });
  const machines = Array.from(
    { length: options.nodes ?? 2 },
    (_, index) => new NodeMachine(nodeName(index + 1), () => makeKubelet(index), nodes),
  );
  const resources = (): readonly Resource[] => registry.definitions();
  const context: ControllerContext = {
    client,
    informers,
    runtime,
    rootCertificate: options.rootCertificate,
    podNetwork: POD_CIDR,
    nodeNetworkPrefix: nodeNetworkPrefix(podsPerNode),
    resources,
  };
  const healthChecks = new HealthCheckServer({
    proxy,
    logger,
    nodes: machines.map((_, index) => ({
      name: nodeName(index + 1),
      attach: () => network.host(nodeName(index + 1), [nodeAddress(index + 1)]),
    })),
  });
  const components: readonly Component[] = [
    new Compactor(storage, runtime, options.history),
    new EventExpirer(storage, runtime),
    proxy,
    policies,
    healthChecks,
    dns,
    systemObjectKeeper({ client, informers, runtime }),
    new ControllerManager(context),
    ...(options.controllers ?? []).map((make) => make(context)),
    new Scheduler({ client, informers, runtime }),
    new ServiceHealth(view, runtime),
    ...machines,
  ];
  for (const component of components) parts.use(component);
  await Promise.all(components.map((component) => component.start()));

  const all = parts.move();
  return {
    client,
    transport,
    runtime,
    activity,
    pace,
    storage,
    dns,
    network,
    nodes,
    proxy,
    policies,
    journal,
    machines: new Map(machines.map((machine) => [machine.nodeName, machine])),
    resources,
    port,
    serve: (to) => servers.serve(to),
    async [Symbol.asyncDispose]() {
      pace?.time.stop();
      await all.disposeAsync();
    },
  };
}
