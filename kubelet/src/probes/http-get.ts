import { type Clock, type Connection, type HTTPHeader, NetError, type NetworkNamespace } from '@kubarium/shared';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { dialError } from './dial-error.ts';

export interface HttpGetOptions {
  readonly clock: Clock;
  readonly network: NetworkNamespace;
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly headers: readonly HTTPHeader[];
  /** `kube-probe/1.35`, `kube-lifecycle/1.35`. */
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** The bytes of the request, where they are known from an earlier one. */
  readonly request?: Buffer | undefined;
}

export type HttpGetResult =
  | { readonly status: number; readonly location: string | undefined; readonly body: string }
  /** What Go's client says after `Get "URL": `. */
  | { readonly error: string };

const HEAD_MAX = 64 * 1024;
const BODY_MAX = 10 * 1024;
const TIMED_OUT = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/**
 * One GET on a connection of its own, as a kubelet's probes and hooks make it: certificates are not checked, redirects are not
 * followed. Written by hand over the connection, since a cluster makes very many of them and only the status matters.
 */
export async function httpGet(options: HttpGetOptions): Promise<HttpGetResult> {
  const { clock, network, address, port, timeoutMs } = options;
  const startMs = clock.now();
  let connection: Connection;
  try {
    connection = await network.connect({ address, port, timeoutMs });
  } catch (error) {
    const isLate = error instanceof NetError && error.code === 'ETIMEDOUT';
    return { error: isLate ? TIMED_OUT : dialError(error, address, port) };
  }
  const leftMs = startMs + timeoutMs - clock.now();
  if (options.scheme === 'HTTP') return exchange(connection, connection, options, leftMs);
  return exchange(tls.connect({ socket: connection, rejectUnauthorized: false }), connection, options, leftMs);
}

function exchange(
  stream: Duplex,
  connection: Connection,
  options: HttpGetOptions,
  timeoutMs: number,
): Promise<HttpGetResult> {
  return new Promise((resolve) => {
    let received = '';
    let isDone = false;
    const finish = (result: HttpGetResult): void => {
      if (isDone) return;
      isDone = true;
      timer.cancel();
      stream.destroy();
      connection.destroy();
      resolve(result);
    };
    const timer = options.clock.setTimer(timeoutMs, () => finish({ error: TIMED_OUT }));
    stream.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      const response = parseResponse(received);
      if (response !== undefined) finish(response);
    });
    stream.on('error', (error: Error) => finish({ error: streamError(error, connection) }));
    stream.on('end', () => finish(parseResponse(received, true) ?? { error: 'EOF' }));
    stream.on('close', () => finish({ error: 'EOF' }));
    // What is written is handed over: no receiver may change it, since it is sent again and again.
    stream.write(options.request ?? requestBytes(options));
  });
}

/** The bytes of a request. */
export function requestBytes({
  address,
  port,
  path,
  headers,
  userAgent,
  scheme,
}: Omit<HttpGetOptions, 'request'>): Buffer {
  const named = new Map<string, string>([
    ['host', port === (scheme === 'HTTP' ? 80 : 443) ? address : `${address}:${port}`],
    ['user-agent', userAgent],
    ['accept', '*/*'],
  ]);
  const lines = [`GET ${path} HTTP/1.1`];
  for (const { name, value } of headers)
    if (named.has(name.toLowerCase())) named.set(name.toLowerCase(), value);
    else lines.push(`${name}: ${value}`);
  const own = { host: 'Host', 'user-agent': 'User-Agent', accept: 'Accept' };
  for (const [name, spelled] of Object.entries(own)) {
    const value = named.get(name)!;
    if (value !== '') lines.push(`${spelled}: ${value}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
}

/** The response once it is there as far as it is read: its body up to a limit, or without it where its length is not told. */
function parseResponse(received: string, isAll = false): HttpGetResult | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0)
    return received.length > HEAD_MAX ? { error: 'net/http: server response headers exceeded limit' } : undefined;
  const match = STATUS_LINE.exec(received);
  if (match === null)
    return {
      error: `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(received.split('\r\n')[0])}`,
    };
  const status = Number(match[1]);
  const isRedirect = status >= 300 && status < 400;
  const head = received.slice(0, end);
  const bodyLength = received.length - end - 4;
  const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? (isRedirect ? BODY_MAX : 0));
  // The kubelet reads the body before it closes: a server that still writes would see a reset.
  if (!isAll && bodyLength < Math.min(length, BODY_MAX)) return undefined;
  if (!isRedirect) return { status, location: undefined, body: '' };
  const rest = received.slice(end + 4);
  const body = /\r\ntransfer-encoding:[ \t]*chunked/i.test(head) ? unchunked(rest) : rest;
  return { status, location: /\r\nlocation:[ \t]*([^\r\n]*)/i.exec(head)?.[1], body: body.slice(0, BODY_MAX) };
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d+)/i;

/** The body that arrived in chunks, as far as it is there. */
function unchunked(text: string): string {
  let body = '';
  for (let at = 0; ;) {
    const lineEnd = text.indexOf('\r\n', at);
    const size = lineEnd < 0 ? 0 : Number.parseInt(text.slice(at, lineEnd), 16);
    if (!(size > 0)) return body;
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}

function streamError(error: Error, { localAddress, localPort, remoteAddress, remotePort }: Connection): string {
  if (error instanceof NetError && error.code === 'ECONNRESET')
    return `read tcp ${localAddress}:${localPort}->${remoteAddress}:${remotePort}: read: connection reset by peer`;
  if ('code' in error && String(error.code).startsWith('ERR_SSL'))
    return 'http: server gave HTTP response to HTTPS client';
  return error.message;
}
