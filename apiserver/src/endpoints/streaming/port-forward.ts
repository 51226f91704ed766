import type { Duplex } from 'node:stream';
import { finished } from 'node:stream';
import { badRequest, type KubeletApi, type Pod } from '@kubarium/shared';
import { createWebSocketStream } from 'ws';
import { hostOf } from './pod-container.ts';
import { portForwardFailure } from './port-forward-failure.ts';
import { SpdyConnection, type SpdyStream } from './spdy-connection.ts';
import { podOf, type UpgradeHandler } from './streaming-call.ts';
import { acceptSpdy, acceptWebSocket, chooseProtocol, isWebSocket } from './upgrade.ts';
import { forwardChannels, PORT_CHANNEL_PROTOCOLS } from './websocket-port-forward.ts';

const SPDY_PROTOCOL = 'portforward.k8s.io';
/** SPDY frames inside WebSocket messages (KEP-4006). */
const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** `pods/portforward`: connections to ports of a pod, any number over one connection of the client. */
export const portForward: UpgradeHandler = async (call, upgrade) => {
  const ports = call.query.getAll('ports').flatMap((list) => list.split(',').map(portNumber));
  const pod = await podOf(call);
  const kubelet = call.services.nodes.kubelet(hostOf(pod));
  if (!isWebSocket(upgrade)) {
    acceptSpdy(upgrade, [SPDY_PROTOCOL]);
    return forwardStreams(upgrade.socket, kubelet, pod);
  }
  const asked = upgrade.request.headers['sec-websocket-protocol'];
  const protocol = chooseProtocol(asked, [TUNNEL_PROTOCOL, ...PORT_CHANNEL_PROTOCOLS]);
  if (protocol === undefined) throw badRequest('unable to upgrade: no protocol in common with the client');
  if (protocol === TUNNEL_PROTOCOL) {
    const socket = await acceptWebSocket(upgrade, protocol);
    return forwardStreams(createWebSocketStream(socket), kubelet, pod);
  }
  if (ports.length === 0) throw badRequest('query parameter "port" is required');
  forwardChannels(await acceptWebSocket(upgrade, protocol), protocol, ports, kubelet, pod);
};

function portNumber(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Number(text);
}

/** Each connection of the client is a pair of streams, data and error, with the same request id. */
function forwardStreams(transport: Duplex, kubelet: KubeletApi, pod: Pod): void {
  const waiting = new Map<string, Partial<Record<'data' | 'error', SpdyStream>>>();
  void new SpdyConnection(transport, (stream) => {
    const type = stream.headers.get('streamtype');
    const port = Number(stream.headers.get('port'));
    if ((type !== 'data' && type !== 'error') || !Number.isInteger(port) || port < 1 || port > 65535) {
      return void stream.destroy();
    }
    const id = stream.headers.get('requestid') ?? '';
    const pair = waiting.get(id) ?? {};
    pair[type] = stream;
    if (pair.data === undefined || pair.error === undefined) return void waiting.set(id, pair);
    waiting.delete(id);
    void forward(kubelet, pod, port, pair.data, pair.error);
  });
}

async function forward(kubelet: KubeletApi, pod: Pod, port: number, data: Duplex, error: Duplex): Promise<void> {
  // The client sends nothing here; its end of the stream has to be read for the stream to be done.
  error.resume();
  let connection: Duplex;
  try {
    connection = await kubelet.portForward(pod, port);
  } catch (failure) {
    error.end(portForwardFailure(pod, port, failure));
    data.destroy();
    return;
  }
  if (data.destroyed) return void connection.destroy();
  data.pipe(connection);
  connection.pipe(data);
  finished(data, () => void connection.destroy());
  finished(connection, () => {
    if (!data.writableEnded) data.end();
    error.end();
    // Nothing takes what the client still sends.
    data.unpipe(connection);
    data.resume();
  });
}
