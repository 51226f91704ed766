import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { badRequest } from '@kubarium/shared';
import { WebSocketServer, type WebSocket } from 'ws';

/** A request to turn the connection into something else (RFC 9110 §7.8), not yet granted. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent after its request already. */
  readonly head: Buffer;
}

/** How long a client may leave a connection that is over open. Of the machine's time, as connections are. */
const LINGER_MS = 10_000;

/** Ends a connection. What the client still sends goes nowhere; it has to be taken, for the client's own end comes behind it. */
export function hangUp(socket: Duplex, lastWords = ''): void {
  socket.resume();
  socket.end(lastWords);
  if (socket instanceof Socket) socket.setTimeout(LINGER_MS, () => socket.destroy());
}

const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 32 * 1024 * 1024 });
/** The library refuses names with a slash, as in `SPDY/3.1+portforward.k8s.io`; so it is told the choice here, not by the header. */
const chosenProtocols = new WeakMap<IncomingMessage, string>();
webSockets.on('headers', (headers, request) => {
  const protocol = chosenProtocols.get(request);
  if (protocol !== undefined && protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

export const isWebSocket = ({ request }: Pick<Upgrade, 'request'>): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

export const isSpdy = ({ request }: Pick<Upgrade, 'request'>): boolean =>
  request.headers.upgrade?.toLowerCase() === 'spdy/3.1';

/** The first of the client's subprotocols that we speak; undefined for none, '' where the client named none. */
export function chooseProtocol(header: string | string[] | undefined, known: readonly string[]): string | undefined {
  if (header === undefined) return '';
  const asked = String(header)
    .split(',')
    .map((one) => one.trim());
  return asked.find((protocol) => known.includes(protocol));
}

/** Grants a WebSocket with one of our subprotocols. Fails with 400 where the client's handshake is none, of which it then has been told. */
export function acceptWebSocket(upgrade: Upgrade, protocol: string): Promise<WebSocket> {
  const { request, socket, head } = upgrade;
  delete request.headers['sec-websocket-protocol'];
  chosenProtocols.set(request, protocol);
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(badRequest('the WebSocket handshake failed'));
    socket.once('close', failed);
    webSockets.handleUpgrade(request, socket, head, (accepted) => {
      socket.off('close', failed);
      // What is no frame ends the connection (RFC 6455 §7.1.7); the library sees to that, and needs somebody who hears of it.
      accepted.on('error', () => {});
      resolve(accepted);
    });
  });
}

/** Grants SPDY/3.1: what follows on the socket are frames. `protocols` speak over it; the client's first that we know is chosen. */
export function acceptSpdy(upgrade: Upgrade, protocols: readonly string[]): string {
  const header = upgrade.request.headers['x-stream-protocol-version'];
  // One header for each protocol, which Node joins.
  const protocol = chooseProtocol(header, protocols) || protocols.at(-1)!;
  if (header !== undefined && chooseProtocol(header, protocols) === undefined) {
    throw badRequest(`unable to upgrade: unable to negotiate protocol: client supports ${String(header)}`);
  }
  upgrade.socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  if (upgrade.head.length > 0) upgrade.socket.unshift(upgrade.head);
  return protocol;
}
