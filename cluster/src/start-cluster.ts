import { randomInt } from 'node:crypto';
import { StorageOpenError } from '@kubarium/apiserver';
import { HostDnsListener } from '@kubarium/dns';
import { realClock, seededRandom, VirtualClock, type Logger, type SocketAddress, type Timer } from '@kubarium/shared';
import { mostNodes, POD_CIDR } from './bootstrap/addresses.ts';
import type { ClockPace } from './clock/clock-pace.ts';
import { composeCluster, type ComposedCluster } from './compose-cluster.ts';
import { portNotice } from './host/port-notice.ts';
import { serveHttpProxy } from './host/serve-http-proxy.ts';
import { serveServices } from './host/serve-services.ts';
import { kubeconfig } from './kubeconfig.ts';
import { dnsReady } from './bootstrap/dns-ready.ts';
import { createCredentials, credentialsFor, serverTls, type Credentials } from './pki/credentials.ts';
import { serverNames, serverUrl } from './pki/server-names.ts';
import { StartError } from './start-error.ts';
import { StateFolder } from './state-folder.ts';
import { KUBERNETES_VERSION } from './version.ts';

/** How long `ready` waits for cluster DNS. */
const DNS_PATIENCE_MS = 5_000;

export interface StartOptions {
  readonly dataDir: string;
  readonly bindAddress: string;
  /** 0 takes the port of the last start, or a free one. */
  readonly port: number;
  readonly nodes: number;
  readonly podsPerNode: number;
  /** The port of the cluster's DNS on 127.0.0.1; 0 takes a free one. */
  readonly dnsPort: number;
  /** The DNS server that is asked for names outside the cluster; by default they are refused. */
  readonly dnsUpstream?: SocketAddress | undefined;
  /** The port on 127.0.0.1 of the HTTP proxy into the cluster; 0 takes a free one. */
  readonly proxyPort: number;
  /** Whose pods' view its clients get that name no namespace. */
  readonly proxyNamespace: string;
  /** Over how many zones the nodes are spread; 0: they have none. */
  readonly zones: number;
  /** `real` by default. A virtual one goes on with the machine's until it is paused. */
  readonly clock?: 'real' | 'virtual' | undefined;
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
  const [names, nowMs] = [serverNames(options.bindAddress), realClock.now()];
  const stored = folder.readCredentials() ?? folder.firstCredentials(createCredentials(names, nowMs));
  const credentials = credentialsFor(names, stored, nowMs);
  folder.serverCertificate = credentials.server.certificate;
  await using parts = new AsyncDisposableStack();
  const cluster = parts.use(await listening(options, folder, credentials));
  if (cluster.pace !== undefined) parts.use(runVirtualTime(cluster.pace, folder));
  const { port = options.port } = cluster;
  folder.port = port;
  const url = serverUrl(options.bindAddress, port);
  folder.writeKubeconfig(
    kubeconfig({
      server: url,
      caCertificate: credentials.ca.certificate,
      clientCertificate: credentials.admin.certificate,
      clientKey: credentials.admin.key,
    }),
  );
  const notices = [
    await serveHostDns(cluster, options, parts),
    await serveProxy(cluster, options, parts),
    ...(await serveServices(cluster, parts)),
  ];
  // A start is not `ready` for people before their first pods can resolve names; the API has answered all the while.
  await dnsReady(cluster.client, realClock, DNS_PATIENCE_MS);
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

/** Lets virtual time go on with the machine's, and keeps what time it is over a restart: to the minute where the process is killed. */
function runVirtualTime(pace: ClockPace, folder: StateFolder): Disposable {
  const { clock } = pace.time;
  let timer: Timer;
  const remember = (): void => {
    folder.time = clock.now();
    timer = clock.setTimer(60_000, remember);
  };
  remember();
  pace.resume();
  return {
    [Symbol.dispose]() {
      timer.cancel();
      folder.time = clock.now();
    },
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

async function listening(
  options: StartOptions,
  folder: StateFolder,
  credentials: Credentials,
): Promise<ComposedCluster> {
  const seed = options.seed ?? randomInt(2 ** 32);
  const start = (port: number): Promise<ComposedCluster> =>
    composeCluster({
      nodes: options.nodes,
      zones: options.zones,
      dnsUpstream: options.dnsUpstream,
      podsPerNode: options.podsPerNode,
      clock: options.clock === 'virtual' ? new VirtualClock(Math.max(realClock.now(), folder.time ?? 0)) : realClock,
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
    const missing = 'cluster DNS does not answer on this machine';
    return portNotice(error, missing, { port: dnsPort, flag: '--dns-port' });
  }
  parts.use(listener);
  return `cluster DNS answers at 127.0.0.1:${listener.port}`;
}

async function serveProxy(
  cluster: ComposedCluster,
  { proxyPort, proxyNamespace }: StartOptions,
  parts: AsyncDisposableStack,
): Promise<string> {
  try {
    const proxy = await serveHttpProxy(cluster, { port: proxyPort, namespace: proxyNamespace }, parts);
    const url = `http://127.0.0.1:${proxy.port}`;
    return `HTTP proxy into the cluster at ${url}: curl -x ${url} http://SERVICE.NAMESPACE`;
  } catch (error) {
    return portNotice(error, 'no HTTP proxy into the cluster', { port: proxyPort, flag: '--proxy-port' });
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);
