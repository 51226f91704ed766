import { NetError, type Component, type Connection } from '@kubarium/shared';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, type Duplex } from 'node:stream';
import { NameError } from './pod-view.ts';

export interface HttpProxyOptions {
  /** The port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** The namespace whose pods' view a client gets that names none. */
  readonly namespace: string;
  /** Opens a connection as a pod of a namespace does. Rejects with a NameError, a NetError, or the signal's reason. */
  connect(namespace: string, host: string, port: number, signal: AbortSignal): Promise<Connection>;
}

/**
 * An HTTP proxy of this machine into the cluster: `curl -x http://127.0.0.1:PORT http://backend.default`. Names are resolved and requests
 * routed as for a pod of a namespace; the user name of the proxy's credentials chooses another one (`-x http://shop@127.0.0.1:PORT`).
 * CONNECT makes tunnels, for TLS and everything else (`curl -p`). It listens on loopback only and reaches nothing but the simulated
 * network. Where there is no way, it answers 502 or 504 with the reason.
 */
export class HttpProxy implements Component {
  readonly name = 'http-proxy';
  readonly #options: HttpProxyOptions;
  readonly #server: Server;
  readonly #tunnels = new Set<Duplex>();

  constructor(options: HttpProxyOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#forward(request, response));
    this.#server.on('connect', (request, socket, head) => void this.#tunnel(request, socket, head));
  }

  /** Rejects with the system's error where the port cannot be had. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#options.port, '127.0.0.1', () => resolve());
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(request.url ?? '');
    if (url?.protocol !== 'http:') {
      return refuse(
        response,
        400,
        'this is a proxy into the cluster: curl -x http://127.0.0.1:PORT http://SERVICE.NAMESPACE',
      );
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    let connection: Connection;
    try {
      connection = await this.#connect(request, url.hostname, Number(url.port || 80), gone.signal);
    } catch (error) {
      if (!gone.signal.aborted) refuse(response, ...answerTo(error, url.host));
      return;
    }
    response.on('close', () => connection.destroy());
    const upstream = httpRequest({
      createConnection: () => connection as never,
      method: request.method,
      path: `${url.pathname}${url.search}`,
      headers: endToEnd(request.rawHeaders),
      setHost: false,
    });
    upstream.on('error', (error) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 502, `${url.host} closed the connection: ${error.message}`);
    });
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer.rawHeaders));
      pipeline(answer, response, () => {});
    });
    pipeline(request, upstream, () => {});
  }

  async #tunnel(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#tunnels.add(socket);
    const gone = new AbortController();
    socket
      .on('error', () => {})
      .on('close', () => {
        this.#tunnels.delete(socket);
        gone.abort();
      });
    const target = URL.parse(`http://${request.url ?? ''}`);
    const port = Number(/:(\d+)$/.exec(request.url ?? '')?.[1]);
    if (target === null || !(port > 0)) return refuseTunnel(socket, 400, 'CONNECT needs HOST:PORT');
    try {
      const connection = await this.#connect(request, target.hostname, port, gone.signal);
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) connection.write(head);
      pipeline(socket, connection, (error) => void (error && connection.reset()));
      pipeline(connection, socket, (error) => void (error && socket.destroy()));
    } catch (error) {
      if (!gone.signal.aborted) refuseTunnel(socket, ...answerTo(error, `${target.hostname}:${port}`));
    }
  }

  #connect(request: IncomingMessage, host: string, port: number, signal: AbortSignal): Promise<Connection> {
    const namespace = userOf(request.headers['proxy-authorization']) ?? this.#options.namespace;
    return this.#options.connect(namespace, host.replace(/^\[|\]$/g, ''), port, signal);
  }
}

/** The user name of Basic credentials; undefined without any. */
function userOf(authorization: string | undefined): string | undefined {
  const encoded = /^basic +(\S+)$/i.exec(authorization ?? '')?.[1];
  const user = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString().split(':')[0];
  return user === '' ? undefined : user;
}

/** Headers of one hop only (RFC 9110, 7.6.1); others pass as they were written. */
const HOP_BY_HOP = new Set(
  'connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade'.split(
    ' ',
  ),
);

function endToEnd(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]!] as const] : []));
  const listed = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(/ *, */));
  // Node frames the body anew where it has no length.
  return pairs.flatMap(([name, value]) => {
    const key = name.toLowerCase();
    return HOP_BY_HOP.has(key) || listed.includes(key) ? [] : [name, value];
  });
}

/** Status and reason for a connection that could not be made. */
function answerTo(error: unknown, host: string): [number, string] {
  if (error instanceof NameError) return [502, error.message];
  if (error instanceof NetError) {
    const status = error.code === 'ETIMEDOUT' ? 504 : 502;
    return [status, `${host} (${error.address}) ${CAUSES[error.code] ?? `cannot be reached: ${error.code}`}`];
  }
  return [502, error instanceof Error ? error.message : String(error)];
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection: nothing listens there, or the Service has no ready endpoint',
  ETIMEDOUT: 'does not answer: no rule or a network policy lets the connection through',
  EHOSTUNREACH: 'is the address of no pod',
};

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`kubarium: ${reason}\n`);
}

function refuseTunnel(socket: Duplex, status: number, reason: string): void {
  const body = `kubarium: ${reason}\n`;
  const words = status === 400 ? 'Bad Request' : status === 504 ? 'Gateway Timeout' : 'Bad Gateway';
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
