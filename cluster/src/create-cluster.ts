import {
  bootstrapRules,
  Compactor,
  EventExpirer,
  createApiServer,
  createRegistry,
  LocalTransport,
  objectCodec,
  openSqliteStorage,
  RbacAuthorizer,
  ServiceAccountSigner,
  type ApiServer,
} from '@kubarium/apiserver';
import { ControllerManager } from '@kubarium/controllers';
import { ClusterDns } from '@kubarium/dns';
import {
  createImageRegistry,
  createStubResolver,
  Kubelet,
  makeRootFileSystem,
  startContainer,
  type Image,
} from '@kubarium/kubelet';
import { PodNetwork } from '@kubarium/network';
import { Proxy } from '@kubarium/proxy';
import { Scheduler } from '@kubarium/scheduler';
import {
  Activity,
  InformerFactory,
  KubeClient,
  silentLogger,
  type Clock,
  type Component,
  type Logger,
  type Runtime,
} from '@kubarium/shared';
import {
  CLUSTER_DOMAIN,
  CONTROL_PLANE_ADDRESS,
  CONTROL_PLANE_PORT,
  DNS_SERVICE_IP,
  nodeAddress,
  nodeName,
  POD_CIDR,
  SERVICE_CIDR,
} from './bootstrap/addresses.ts';
import { createSystemObjects } from './bootstrap/system-objects.ts';
import { coreDnsImage } from './images/coredns-image.ts';
import { InProcessNodes } from './node-connector.ts';
import type { Credentials } from './pki/credentials.ts';
import { traceReview } from './trace/trace-review.ts';

export interface ClusterOptions {
  /** How many simulated nodes; 2 by default. */
  readonly nodes?: number | undefined;
  readonly clock: Clock;
  readonly random: Runtime['random'];
  readonly logger?: Logger | undefined;
  /** The database file; absent: in memory. */
  readonly database?: string | undefined;
  readonly credentials: Credentials;
  /** Where the API server listens. */
  readonly listen: { readonly address: string; readonly port: number };
  /** Images by name, besides the simulated ones. */
  readonly images?: ReadonlyMap<string, Image> | undefined;
}

/** A cluster in this process. Disposing it stops all parts; what is in the database stays. */
export interface Cluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly runtime: Runtime;
  readonly dns: ClusterDns;
  readonly network: PodNetwork;
  readonly proxy: Proxy;
  /** Where the API server listens. */
  readonly address: string;
  readonly port: number;
}

/**
 * Simplified: the parts of the process speak to the API as one administrator; on a real cluster each has an identity of its own
 * (`system:kube-scheduler`, `system:node:NAME`, ...).
 */
const SYSTEM = { name: 'system:kubarium', groups: ['system:masters', 'system:authenticated'] };

/**
 * The composition root: builds every part, gives each what it needs, and starts them. The API server answers first; the promise
 * resolves once all parts are in work (pods may still be starting).
 */
export async function createCluster(options: ClusterOptions): Promise<Cluster> {
  const runtime: Runtime = {
    clock: options.clock,
    random: options.random,
    logger: options.logger ?? silentLogger,
    activity: new Activity(),
  };
  const { credentials } = options;
  await using parts = new AsyncDisposableStack();

  // Storage and API server.
  const storage = parts.use(
    openSqliteStorage({ path: options.database ?? ':memory:', codec: objectCodec, activity: runtime.activity }),
  );
  const signer = new ServiceAccountSigner(runtime, credentials.serviceAccountKey);
  const registry = createRegistry({
    storage,
    runtime,
    tokenIssuer: signer,
    services: { clusterIPRange: SERVICE_CIDR },
  });
  const authorizer = new RbacAuthorizer(bootstrapRules());
  const client = new KubeClient(new LocalTransport({ registry, authorizer, runtime, user: SYSTEM }));
  await createSystemObjects(client);

  // The pod network, with the virtual IPs of Services as its first stage.
  const informers = parts.use(new InformerFactory(client, runtime));
  const network = new PodNetwork({ runtime, podCidr: POD_CIDR });
  const proxy = new Proxy({ informers, runtime, serviceCidr: SERVICE_CIDR });
  network.addStage(proxy.stage);
  const controlPlane = parts.use(network.host('control-plane', [CONTROL_PLANE_ADDRESS])).network;
  const nodes = new InProcessNodes(controlPlane);

  const dns = new ClusterDns({ informers, runtime, zone: CLUSTER_DOMAIN });
  const apiServer: ApiServer = parts.use(
    createApiServer({
      runtime,
      registry,
      nodes,
      tls: { key: credentials.server.key, cert: credentials.server.certificate, clientCa: credentials.ca.certificate },
      address: options.listen.address,
      port: options.listen.port,
      adminToken: credentials.adminToken,
      serviceAccountSigner: signer,
      authorizer,
      reviews: [traceReview({ client, nodes, runtime, dns, dnsAddress: DNS_SERVICE_IP })],
      storageRevision: () => storage.revision,
    }),
  );
  parts.use(controlPlane.listen({ port: CONTROL_PLANE_PORT }, (connection) => apiServer.accept(connection)));
  const { address, port } = await apiServer.listen();

  // Everything that acts on what the API holds.
  const images = createImageRegistry(new Map([['coredns', coreDnsImage(dns)], ...(options.images ?? [])]));
  const kubelets = Array.from({ length: options.nodes ?? 2 }, (_, index) => {
    const kubelet = new Kubelet({
      nodeName: nodeName(index + 1),
      nodeAddress: nodeAddress(index + 1),
      runtime,
      client,
      informers,
      network,
      images,
      startContainer,
      makeRootFileSystem,
      makeResolver: createStubResolver,
      clusterDns: { address: DNS_SERVICE_IP, domain: CLUSTER_DOMAIN },
    });
    nodes.add(nodeName(index + 1), kubelet.api);
    return kubelet;
  });
  const controllers = new ControllerManager({
    client,
    informers,
    runtime,
    rootCertificate: credentials.ca.certificate,
    podNetwork: POD_CIDR,
    resources: () => registry.definitions(),
  });
  const components: readonly Component[] = [
    new Compactor(storage, runtime),
    new EventExpirer(storage, runtime),
    proxy,
    dns,
    controllers,
    new Scheduler({ client, informers, runtime }),
    ...kubelets,
  ];
  for (const component of components) parts.use(component);
  await Promise.all(components.map((component) => component.start()));

  const running = parts.move();
  return { client, runtime, dns, network, proxy, address, port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
