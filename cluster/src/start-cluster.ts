import { randomInt } from 'node:crypto';
import { StorageOpenError } from '@kubarium/apiserver';
import { HostDnsListener } from '@kubarium/dns';
import { ServiceListener } from '@kubarium/proxy';
import { EventRecorder, realClock, seededRandom, SERVICES, parseKey, type Logger } from '@kubarium/shared';
import { mostNodes, POD_CIDR } from './bootstrap/addresses.ts';
import { composeCluster, type ComposedCluster } from './compose-cluster.ts';
import { kubeconfig } from './kubeconfig.ts';
import { createCredentials, serverTls, type Credentials } from './pki/credentials.ts';
import { serverNames } from './pki/server-names.ts';
import { StartError } from './start-error.ts';
import { StateFolder } from './state-folder.ts';
import { KUBERNETES_VERSION } from './version.ts';

export interface StartOptions {
  readonly dataDir: string;
  readonly bindAddress: string;
  /** 0 takes the port of the last start, or a free one. */
  readonly port: number;
  readonly nodes: number;
  readonly podsPerNode: number;
  /** The port of the cluster's DNS on 127.0.0.1; 0 takes a free one. */
  readonly dnsPort: number;
  readonly seed?: number | undefined;
  /** How many revisions of history are kept at most, and for how long. */
  readonly keepRevisions?: number | undefined;
  readonly keepMs?: number | undefined;
  readonly logger: Logger;
}

/** A cluster that this machine's programs can use. */
export interface RunningCluster extends AsyncDisposable {
  readonly url: string;
  readonly kubeconfigPath: string;
  readonly kubernetesVersion: string;
  readonly nodes: number;
  /** What its user should know: where the DNS answers, which port could not be had. */
  readonly notices: readonly string[];
}

/** Starts a cluster on its state folder, with real sockets on this machine. Throws StartError where the user must change something. */
export async function startCluster(options: StartOptions): Promise<RunningCluster> {
  checkSize(options);
  const folder = new StateFolder(options.dataDir);
  const credentials = folder.readCredentials() ?? firstCredentials(folder, options.bindAddress);
  await using parts = new AsyncDisposableStack();
  const cluster = parts.use(await listening(options, folder, credentials));
  const { port = options.port } = cluster;
  folder.port = port;
  const url = `https://${options.bindAddress === '0.0.0.0' ? '127.0.0.1' : options.bindAddress}:${port}`;
  folder.writeKubeconfig(
    kubeconfig({
      server: url,
      caCertificate: credentials.ca.certificate,
      clientCertificate: credentials.admin.certificate,
      clientKey: credentials.admin.key,
    }),
  );
  const notices = [await serveHostDns(cluster, options, parts)];
  await serveNodePorts(cluster, parts);
  const running = parts.move();
  return {
    url,
    kubeconfigPath: folder.kubeconfig,
    kubernetesVersion: KUBERNETES_VERSION,
    nodes: options.nodes,
    notices,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Each node needs its part of the pod network. */
function checkSize({ nodes, podsPerNode }: StartOptions): void {
  const most = mostNodes(podsPerNode);
  if (nodes <= most) return;
  throw new StartError(
    `${nodes} nodes of ${podsPerNode} pods do not fit into the pod network ${POD_CIDR}`,
    `take at most ${most} nodes of that size, or smaller ones with --pods-per-node`,
  );
}

function firstCredentials(folder: StateFolder, bindAddress: string): Credentials {
  const credentials = createCredentials(serverNames(bindAddress), realClock.now());
  folder.writeCredentials(credentials);
  return credentials;
}

async function listening(
  options: StartOptions,
  folder: StateFolder,
  credentials: Credentials,
): Promise<ComposedCluster> {
  const seed = options.seed ?? randomInt(2 ** 32);
  const start = (port: number): Promise<ComposedCluster> =>
    composeCluster({
      nodes: options.nodes,
      podsPerNode: options.podsPerNode,
      clock: realClock,
      random: seededRandom(seed),
      logger: options.logger,
      database: folder.database,
      history: { keepRevisions: options.keepRevisions, keepMs: options.keepMs },
      serviceAccountKey: credentials.serviceAccountKey,
      rootCertificate: credentials.ca.certificate,
      podTls: () => serverTls(credentials),
      serve: { address: options.bindAddress, port, adminToken: credentials.adminToken },
    });
  try {
    return await start(options.port === 0 ? (folder.port ?? 0) : options.port);
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE' && options.port === 0) return start(0);
    throw startError(error, options);
  }
}

function startError(error: unknown, { bindAddress, port }: StartOptions): unknown {
  const cause = { cause: error };
  if (error instanceof StorageOpenError)
    return new StartError(error.message, 'or choose another folder with --data-dir', cause);
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} of ${bindAddress} is in use`,
        'end what listens there, or choose another with --port (0 takes a free one)',
        cause,
      );
    case 'EACCES':
      return new StartError(`port ${port} may not be opened by this user`, 'choose one above 1023 with --port', cause);
    case 'EADDRNOTAVAIL':
      return new StartError(
        `${bindAddress} is no address of this machine`,
        'choose one with --bind-address, such as 127.0.0.1',
        cause,
      );
    default:
      return error;
  }
}

async function serveHostDns(
  cluster: ComposedCluster,
  { dnsPort }: StartOptions,
  parts: AsyncDisposableStack,
): Promise<string> {
  const listener = new HostDnsListener({ answer: cluster.dns.answerMessage, runtime: cluster.runtime, port: dnsPort });
  try {
    await listener.start();
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error;
    return `cluster DNS does not answer on this machine: port ${dnsPort} is in use (choose another with --dns-port)`;
  }
  parts.use(listener);
  return `cluster DNS answers at 127.0.0.1:${listener.port}`;
}

/** A port of this machine that is taken is told in an event on its Service. */
async function serveNodePorts(
  { network, proxy, runtime, client }: ComposedCluster,
  parts: AsyncDisposableStack,
): Promise<void> {
  const outside = parts.use(network.host('outside', ['172.18.0.1'])).network;
  const events = parts.use(new EventRecorder({ client, runtime, component: 'kubarium' }));
  const report = async (key: string, message: string): Promise<void> => {
    const service = await client.get(SERVICES, parseKey(key));
    events.event(service, 'Warning', 'NodePortUnavailable', message);
  };
  const listener = parts.use(
    new ServiceListener({
      proxy,
      network: outside,
      runtime,
      onUnavailable: ({ service: key, message }) => {
        report(key, message).catch((error: unknown) =>
          runtime.logger.warn({ service: key, error: String(error) }, message),
        );
      },
    }),
  );
  await listener.start();
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
