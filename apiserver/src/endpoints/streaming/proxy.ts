import {
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { PassThrough, type Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { serviceUnavailable, StatusError } from '@kubarium/shared';
import { rewriteHtml, rewriteLink, type ProxySite } from './proxy-rewrite.ts';
import { proxyTarget, type ProxyTarget } from './proxy-target.ts';
import type { ConnectCall, StreamingHandler, UpgradeHandler } from './streaming-call.ts';
import { hangUp, type Upgrade } from './upgrade.ts';

/** Belong to one connection, not to the request (RFC 9110 §7.6.1). */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** The client's credentials for the API server are no business of a pod's; CORS is the API server's own. */
const PRIVATE_HEADERS = new Set(['authorization', 'origin', 'host']);

/** `pods/proxy` and `services/proxy`: passes a request on to a pod, over the pod network, and its answer back. */
export const proxy: StreamingHandler = async (call) => {
  const { raw: request, reply } = call;
  const target = await proxyTarget(call);
  const { raw: response } = reply;
  if (call.info.rest === undefined && (request.method === 'GET' || request.method === 'HEAD')) {
    reply.hijack();
    // Relative links of the site work only below a slash.
    response.writeHead(301, { Location: withSlash(request.url!), 'Content-Length': 0 });
    return response.end();
  }
  const connection = await dial(call, target);
  const site = siteOf(call);
  const outgoing = sent(call, connection, site, forwardedHeaders(request.headers));
  request.pipe(outgoing);
  response.once('close', () => outgoing.destroy());
  const incoming = await answer(outgoing);
  reply.hijack();
  await passBack(incoming, response, site, hostOf(target));
  return reply;
};

/** The same for a WebSocket or any other upgrade that the pod grants. */
export const proxyUpgrade: UpgradeHandler = async (call, { request, socket, head }: Upgrade) => {
  const target = await proxyTarget(call);
  const connection = await dial(call, target);
  // What looks like a body is what follows the upgrade.
  const { 'content-length': _, expect: __, ...headers } = forwardedHeaders(request.headers);
  const outgoing = sent(call, connection, siteOf(call), {
    ...headers,
    connection: 'Upgrade',
    upgrade: request.headers.upgrade,
  });
  outgoing.end();
  // The client is read while the pod is waited for, or nobody would see it leave.
  const fromClient = new PassThrough();
  fromClient.write(head);
  socket.pipe(fromClient);
  socket.once('close', () => outgoing.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  outgoing.once('upgrade', (incoming, upstream, upstreamHead) => {
    socket.write(`${statusLine(incoming)}\r\n\r\n`);
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    fromClient.pipe(upstream).pipe(socket);
    endTogether(socket, upstream);
    resolve();
  });
  outgoing.once('response', (incoming) => {
    socket.write(`${statusLine(incoming)}\r\nConnection: close\r\n\r\n`);
    incoming.pipe(socket, { end: false });
    incoming.once('close', () => hangUp(socket));
    fromClient.resume();
    resolve();
  });
  outgoing.once('error', (error) => {
    fromClient.resume();
    reject(unreachable(error));
  });
  await promise;
};

const hostOf = ({ address, port }: ProxyTarget): string => (port === '' ? address : `${address}:${port}`);

function withSlash(url: string): string {
  const mark = url.indexOf('?');
  return mark === -1 ? `${url}/` : `${url.slice(0, mark)}/${url.slice(mark)}`;
}

/** Where the proxied site is, as the client sees it. */
function siteOf({ raw, info }: ConnectCall): ProxySite {
  const prefix = raw.url!.split('?', 1)[0]!;
  const rest = info.rest;
  return {
    host: raw.headers.host ?? '',
    pathPrefix: rest === undefined ? prefix : prefix.slice(0, prefix.length - rest.length - 1),
  };
}

async function dial({ services }: ConnectCall, target: ProxyTarget): Promise<Duplex> {
  const port = target.port === '' ? (target.scheme === 'https' ? 443 : 80) : Number(target.port);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw unreachable(new Error(`dial tcp: lookup tcp/${target.port}: unknown port`));
  }
  let connection: Duplex;
  try {
    connection = await services.nodes.dial(target.address, port);
  } catch (error) {
    throw error instanceof StatusError ? error : unreachable(dialError(error, target.address, port));
  }
  return target.scheme === 'https' ? tlsConnect({ socket: connection, rejectUnauthorized: false }) : connection;
}

const DIAL_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ETIMEDOUT: 'connect: connection timed out',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
};

/** A failed connection in Go's words. */
function dialError(error: unknown, address: string, port: number): Error {
  const text = DIAL_ERRORS[(error as { code?: string }).code ?? ''];
  return text === undefined ? (error as Error) : new Error(`dial tcp ${address}:${port}: ${text}`);
}

const unreachable = (error: Error): StatusError => {
  // A write that was under way tells the same as EPROTO.
  const isNoTls = /wrong version number/i.test(error.message);
  const reason = isNoTls ? 'tls: first record does not look like a TLS handshake' : error.message;
  return serviceUnavailable(`error trying to reach service: ${reason}`);
};

function sent(
  { raw, info }: ConnectCall,
  connection: Duplex,
  site: ProxySite,
  headers: IncomingHttpHeaders,
): ClientRequest {
  const mark = raw.url!.indexOf('?');
  const path = `/${info.rest ?? ''}`;
  const previous = headers['x-forwarded-for'];
  const client = raw.socket.remoteAddress ?? '';
  const request = httpRequest({
    createConnection: () => connection,
    agent: undefined,
    method: raw.method!,
    path: mark === -1 ? path : path + raw.url!.slice(mark),
    headers: {
      ...headers,
      // The client's own: a site sees by which name it was asked.
      host: site.host,
      'x-forwarded-for': previous === undefined ? client : `${String(previous)}, ${client}`,
      'x-forwarded-uri': `${site.pathPrefix}${path}`,
    },
  });
  // After an answer has begun, a broken connection shows in that answer.
  request.on('error', () => {});
  return request;
}

function answer(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', (error) => reject(unreachable(error)));
  });
}

function forwardedHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set(
    String(headers.connection ?? '')
      .split(',')
      .map((name) => name.trim().toLowerCase()),
  );
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_HEADERS.has(name) && !PRIVATE_HEADERS.has(name) && !named.has(name),
    ),
  );
}

/** Passes an answer back, with its links made to lead through the proxy. */
async function passBack(
  incoming: IncomingMessage,
  response: ServerResponse,
  site: ProxySite,
  targetHost: string,
): Promise<void> {
  const headers: IncomingHttpHeaders = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.has(name)),
  );
  if (headers.location !== undefined) headers.location = rewriteLink(headers.location, site, targetHost);
  const isHtml = headers['content-type']?.startsWith('text/html') === true && headers['content-encoding'] === undefined;
  if (!isHtml || headers.location !== undefined || incoming.method === 'HEAD') {
    response.writeHead(incoming.statusCode!, headers);
    incoming.on('error', () => response.destroy());
    incoming.pipe(response);
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const html = rewriteHtml(Buffer.concat(chunks).toString(), site, targetHost);
  response.writeHead(incoming.statusCode!, { ...headers, 'content-length': String(Buffer.byteLength(html)) });
  response.end(html);
}

function statusLine(incoming: IncomingMessage): string {
  const { rawHeaders } = incoming;
  const lines = [`HTTP/1.1 ${incoming.statusCode} ${incoming.statusMessage}`];
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return lines.join('\r\n');
}

function endTogether(one: Duplex, other: Duplex): void {
  for (const [stream, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    stream.on('error', () => peer.destroy());
    stream.once('close', () => peer.destroy());
  }
}
