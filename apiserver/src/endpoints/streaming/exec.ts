import { badRequest, internalError, StatusError, type ExecSession, type Logger } from '@kubarium/shared';
import { truth } from '../request-info.ts';
import { hostOf, podContainer } from './pod-container.ts';
import { runRemoteCommand, type RemoteStreams } from './remote-command.ts';
import { SPDY_COMMAND_PROTOCOLS, spdyStreams } from './spdy-command.ts';
import { podOf, type ConnectCall, type UpgradeHandler } from './streaming-call.ts';
import { acceptSpdy, acceptWebSocket, chooseProtocol, isSpdy, isWebSocket, type Upgrade } from './upgrade.ts';
import { COMMAND_PROTOCOLS, webSocketStreams } from './websocket-command.ts';

interface StreamOptions {
  readonly container: string;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** `pods/exec`: runs a command in a container. */
export const exec: UpgradeHandler = (call, upgrade) =>
  remoteCommand(call, upgrade, (kubelet, pod, options) => {
    const command = call.query.getAll('command');
    if (command.length === 0) throw badRequest('you must specify at least one command');
    return kubelet.exec(pod, { ...options, command });
  });

/** `pods/attach`: joins a container's first process. */
export const attach: UpgradeHandler = (call, upgrade) =>
  remoteCommand(call, upgrade, (kubelet, pod, options) => kubelet.attach(pod, options));

type Kubelet = ReturnType<ConnectCall['services']['nodes']['kubelet']>;

async function remoteCommand(
  call: ConnectCall,
  upgrade: Upgrade,
  start: (kubelet: Kubelet, pod: Parameters<Kubelet['attach']>[0], options: StreamOptions) => Promise<ExecSession>,
): Promise<void> {
  const { query, services } = call;
  const pod = await podOf(call);
  const container = podContainer(pod, query.get('container'));
  const node = hostOf(pod);
  const flag = (name: string): boolean => truth(query.get(name));
  const tty = flag('tty');
  const options = {
    container,
    stdin: flag('stdin'),
    stdout: flag('stdout'),
    // A terminal has one output only.
    stderr: flag('stderr') && !tty,
    tty,
  };
  if (!options.stdin && !options.stdout && !options.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  const protocol = isWebSocket(upgrade)
    ? chooseProtocol(upgrade.request.headers['sec-websocket-protocol'], COMMAND_PROTOCOLS)
    : isSpdy(upgrade)
      ? 'spdy'
      : undefined;
  if (protocol === undefined) throw badRequest('unable to upgrade: no protocol in common with the client');
  let session: ExecSession;
  try {
    session = await start(services.nodes.kubelet(node), pod, options);
  } catch (error) {
    if (protocol !== 'v5.channel.k8s.io' || !(error instanceof StatusError && error.code === 404)) throw error;
    // The real server answers the client's handshake before it asks the kubelet.
    const refused = webSocketStreams(await acceptWebSocket(upgrade, protocol), protocol, options);
    return refused.finish(internalError(`unable to upgrade connection: ${error.message}`).status);
  }
  const version = protocol === 'spdy' ? acceptSpdy(upgrade, SPDY_COMMAND_PROTOCOLS) : undefined;
  let streams: RemoteStreams;
  try {
    streams =
      version === undefined
        ? webSocketStreams(await acceptWebSocket(upgrade, protocol), protocol, options)
        : await spdyStreams(upgrade.socket, version, options, services.runtime.clock);
  } catch (error) {
    session.close();
    return logGone(services.runtime.logger, error);
  }
  await runRemoteCommand(session, streams, query.getAll('command'));
}

const logGone = (logger: Logger, error: unknown): void =>
  logger.debug({ error: String(error) }, 'no streams were opened');
