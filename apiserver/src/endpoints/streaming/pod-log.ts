import { type Readable, finished } from 'node:stream';
import { badRequest } from '@kubarium/shared';
import { sendText } from '../object-response.ts';
import { logOptions } from './log-options.ts';
import { podContainer } from './pod-container.ts';
import { type ConnectCall, podOf, type StreamingHandler, type UpgradeHandler } from './streaming-call.ts';
import { acceptWebSocket, chooseProtocol, hangUp } from './upgrade.ts';
import { READER_PROTOCOLS, webSocketOutput } from './websocket-reader.ts';

/** GET `pods/log`: a container's output as plain text, as it comes where it is followed. */
export const podLog: StreamingHandler = async (call) => {
  const { reply } = call;
  const log = await openLog(call);
  if (log === undefined) return sendText(reply, 204, '', 'text/plain');
  const { raw } = reply.hijack();
  raw.writeHead(200, { 'Content-Type': 'text/plain' });
  raw.flushHeaders();
  // A body that nobody wants holds up the connection, and with it the news that the client has left.
  raw.req.resume();
  raw.once('close', () => void log.destroy());
  endWith(call, log, () => raw.end());
  log.pipe(raw, { end: false });
  return reply;
};

/** The same over a WebSocket. */
export const podLogUpgrade: UpgradeHandler = async (call, upgrade) => {
  const protocol = chooseProtocol(upgrade.request.headers['sec-websocket-protocol'], READER_PROTOCOLS);
  if (protocol === undefined) throw badRequest('unable to upgrade: no protocol in common with the client');
  const log = await openLog(call);
  if (log === undefined) return hangUp(upgrade.socket, 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
  // Also where the handshake fails.
  upgrade.socket.once('close', () => void log.destroy());
  const socket = await acceptWebSocket(upgrade, protocol);
  endWith(call, log, () => socket.close(1000));
  log.pipe(webSocketOutput(socket, protocol), { end: false });
};

/** Undefined for a pod that has no node yet: it has no logs, which is not an error. */
async function openLog(call: ConnectCall): Promise<Readable | undefined> {
  const { query, services } = call;
  const options = logOptions(query, call.info.name!);
  const pod = await podOf(call);
  const container = podContainer(pod, query.get('container'));
  const node = pod.spec.nodeName;
  if (node === undefined || node === '') return undefined;
  return services.nodes.kubelet(node).containerLogs(pod, { ...options, container });
}

/** Calls back once the log is at its end, or the server is. */
function endWith({ services: { closing } }: ConnectCall, log: Readable, callback: () => void): void {
  const stop = (): void => void log.destroy();
  closing.addEventListener('abort', stop, { once: true });
  finished(log, () => {
    closing.removeEventListener('abort', stop);
    callback();
  });
}
