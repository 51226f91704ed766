import type { Connection, TraceSink } from '@kubarium/shared';
import { NetError } from '@kubarium/shared';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { isIP } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Process } from '../container/process.ts';

/** A URL as clients need it. Looser than the WHATWG's: the scheme may be missing, the path is sent as it is written. */
export interface HttpUrl {
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  readonly credentials: string | undefined;
  /** For the `Host` header: with the port where it is not the scheme's. */
  readonly authority: string;
}

/** Undefined where the text is no URL; `scheme` tells what is not supported. */
export function parseHttpUrl(text: string): HttpUrl | { readonly unsupportedScheme: string } | undefined {
  const [, scheme = 'http', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  const lower = scheme.toLowerCase();
  if (lower !== 'http' && lower !== 'https') return { unsupportedScheme: lower };
  const [, authority = '', path = ''] = /^([^/?#]*)([^#]*)/.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const [, bracketed, bare, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(authority.slice(at + 1)) ?? [];
  const host = bracketed ?? bare;
  if (host === undefined || host === '' || /[\s]/.test(host)) return undefined;
  const tls = lower === 'https';
  const standard = tls ? 443 : 80;
  const port = portText === undefined || portText === '' ? standard : Number(portText);
  if (port > 65_535) return undefined;
  const shown = bracketed === undefined ? host : `[${host}]`;
  return {
    tls,
    host,
    port,
    path: (path.startsWith('/') ? path : `/${path}`).replaceAll(' ', '%20'),
    credentials: at === -1 ? undefined : decodeURIComponent(authority.slice(0, at)),
    authority: port === standard ? shown : `${shown}:${port}`,
  };
}

/** Why a host could not be reached: no address for its name. */
export class ResolveError extends Error {
  override readonly name = 'ResolveError';
  readonly host: string;

  constructor(host: string) {
    super(`Could not resolve host: ${host}`);
    this.host = host;
  }
}

/** The addresses of a host name; an address is its own. Throws ResolveError. */
export async function resolveHost(
  process: Process,
  host: string,
  trace: TraceSink | undefined = process.trace,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await process.resolver.lookup(host, trace);
  process.killed.throwIfAborted();
  if (!found.ok || found.addresses.length === 0) throw new ResolveError(host);
  return found.addresses;
}

export interface DialOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly localAddress?: string | undefined;
  /** By default the process's own. */
  readonly trace?: TraceSink | undefined;
  /** Called before each attempt. */
  readonly onAttempt?: ((address: string) => void) | undefined;
}

/** Connects to the first address that answers; throws the last one's NetError. */
export async function dialFirst(
  process: Process,
  addresses: readonly string[],
  port: number,
  options: DialOptions = {},
): Promise<Connection> {
  let failure: unknown;
  for (const address of addresses) {
    options.onAttempt?.(address);
    try {
      return await process.network.connect({
        address,
        port,
        trace: options.trace ?? process.trace,
        timeoutMs: options.timeoutMs,
        signal: options.signal ?? process.killed,
        localAddress: options.localAddress,
      });
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      failure = error;
    }
  }
  throw failure ?? new NetError('EADDRNOTAVAIL', 'connect');
}

/** Whom a client trusts: everybody, an authority of its own, or those that Node knows. */
export interface TlsTrust {
  readonly insecure: boolean;
  readonly ca?: Buffer | undefined;
}

export interface TlsOptions extends TlsTrust {
  readonly serverName: string;
}

/** Speaks TLS over a connection; rejects where the handshake or the certificate fails. */
export function startTls(connection: Duplex, { insecure, ca, serverName }: TlsOptions): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = tlsConnect({
      socket: connection,
      rejectUnauthorized: !insecure,
      ...(ca !== undefined && { ca }),
      ...(isIP(serverName) === 0 && { servername: serverName }),
    });
    secure.once('secureConnect', () => resolve(secure));
    secure.once('error', reject);
  });
}

export interface HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Buffer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request over a fresh connection; resolves with the answer once its headers are there. */
export function exchangeHttp(
  stream: Duplex,
  { method, path, headers, body, signal }: HttpExchange,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => stream,
      method,
      path,
      setHost: false,
      ...(signal !== undefined && { signal }),
    });
    request.removeHeader('connection');
    const grouped = new Map<string, string[]>();
    for (const [name, value] of headers) (grouped.get(name) ?? grouped.set(name, []).get(name)!).push(value);
    for (const [name, values] of grouped) request.setHeader(name, values.length === 1 ? values[0]! : values);
    request.once('response', (response) => {
      response.on('error', () => {});
      resolve(response);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A whole GET or POST for programs that only want the answer. */
export async function fetchHttp(
  process: Process,
  url: HttpUrl,
  options: {
    readonly method?: string;
    readonly body?: Buffer;
    readonly headers?: readonly (readonly [string, string])[];
    readonly signal?: AbortSignal;
    /** Anybody, unless told otherwise. */
    readonly tls?: TlsTrust;
  } = {},
): Promise<{ status: number; body: Buffer }> {
  const signal = options.signal ?? process.killed;
  const addresses = await resolveHost(process, url.host);
  const connection = await dialFirst(process, addresses, url.port, { signal });
  try {
    const { tls = { insecure: true } } = options;
    const stream = url.tls ? await startTls(connection, { ...tls, serverName: url.host }) : connection;
    const headers: [string, string][] = [
      ['Host', url.authority],
      ['User-Agent', 'Go-http-client/1.1'],
    ];
    if (options.body !== undefined) headers.push(['Content-Length', String(options.body.length)]);
    const response = await exchangeHttp(stream, {
      method: options.method ?? 'GET',
      path: url.path,
      headers: [...headers, ...(options.headers ?? [])],
      body: options.body,
      signal,
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
  } finally {
    connection.destroy();
  }
}

/** A signal that is aborted after a time on the simulation's clock, with the process, or by hand. */
export function deadline(
  process: Process,
  milliseconds: number | undefined,
): { signal: AbortSignal; expired: () => boolean } & Disposable {
  if (milliseconds === undefined) return { signal: process.killed, expired: () => false, [Symbol.dispose]() {} };
  const controller = new AbortController();
  const timer = process.runtime.clock.setTimer(milliseconds, () => controller.abort('timeout'));
  const onKilled = (): void => controller.abort(process.killed.reason);
  process.killed.addEventListener('abort', onKilled);
  return {
    signal: controller.signal,
    expired: () => controller.signal.aborted && !process.killed.aborted,
    [Symbol.dispose]() {
      timer.cancel();
      process.killed.removeEventListener('abort', onKilled);
    },
  };
}
