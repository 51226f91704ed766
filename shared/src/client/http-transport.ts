import { Agent, request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Status } from '../api/meta-v1.ts';
import type { ApiObject, WatchEvent } from '../api/object.ts';
import { StatusError } from '../apimachinery/status-error.ts';
import { serviceUnavailable } from '../apimachinery/status-errors.ts';
import type { ApiRequest, Transport, WatchRequest, WatchSink } from './transport.ts';

export interface HttpTransportOptions {
  /** Where the API server is: `https://127.0.0.1:6443`. */
  readonly server: string;
  /** PEM of the CA that the server's certificate must come from; the system's CAs where absent. */
  readonly ca?: string | undefined;
  /** Takes any certificate of the server. */
  readonly insecureSkipTlsVerify?: boolean | undefined;
  /** PEM of the client's certificate and key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** A bearer token; a function where it changes (a mounted ServiceAccount token). */
  readonly token?: string | (() => string) | undefined;
  readonly userAgent?: string | undefined;
}

const METHODS: Readonly<Record<ApiRequest['verb'], string>> = {
  get: 'GET',
  list: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};

/** Reaches any API server, a real cluster's too, over HTTPS. Connections are kept open and used again; watches have their own. */
export class HttpTransport implements Transport, Disposable {
  readonly #options: HttpTransportOptions;
  readonly #agent: Agent;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    const { ca, cert, key } = options;
    this.#agent = new Agent({
      keepAlive: true,
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      rejectUnauthorized: options.insecureSkipTlsVerify !== true,
    });
  }

  async request(request: ApiRequest): Promise<ApiObject> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const outgoing = this.#open(METHODS[request.verb], pathOf(request), body, request.patchType);
    const response = await answered(outgoing);
    const text = await wholeText(response);
    if (response.statusCode! >= 400) throw statusError(response.statusCode!, text);
    return parsed(text) as ApiObject;
  }

  watch(request: WatchRequest, sink: WatchSink): () => void {
    let ended = false;
    const end = (error?: StatusError): void => {
      if (ended) return;
      ended = true;
      outgoing.destroy();
      sink.end(error);
    };
    const query = { ...request.query, watch: 'true' };
    const outgoing = this.#open('GET', pathOf({ ...request, query }));
    answered(outgoing).then(
      async (response) => {
        if (response.statusCode! >= 400) return end(await refusal(response));
        eachLine(response, (line) => {
          if (ended) return;
          const event = watchEvent(line);
          if (event instanceof StatusError) end(event);
          else sink.event(event);
        });
        response.once('end', () => end());
        response.once('error', (error) => end(unreachable(error)));
      },
      (error: StatusError) => end(error),
    );
    return () => {
      ended = true;
      outgoing.destroy();
    };
  }

  /** What a path of the server answers to GET, as text: a log, a discovery document. Rejects with a StatusError. */
  async text(path: string): Promise<string> {
    const response = await answered(this.#open('GET', path));
    const text = await wholeText(response);
    if (response.statusCode! >= 400) throw statusError(response.statusCode!, text);
    return text;
  }

  /** Closes all connections that are kept open. */
  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #open(method: string, path: string, body?: string, contentType = 'application/json'): ClientRequest {
    const { server, userAgent = 'kubarium', token } = this.#options;
    const bearer = typeof token === 'function' ? token() : token;
    const request = httpsRequest(server.replace(/\/$/, '') + path, {
      method,
      agent: this.#agent,
      headers: {
        Accept: 'application/json',
        'User-Agent': userAgent,
        ...(bearer === undefined ? {} : { Authorization: `Bearer ${bearer}` }),
        ...(body === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(body) }),
      },
    });
    request.on('error', () => {});
    request.end(body);
    return request;
  }
}

/** The URL path of a request, with its query. */
export function pathOf(request: Pick<ApiRequest, 'resource' | 'namespace' | 'name' | 'subresource' | 'query'>): string {
  const { resource, namespace, name, subresource, query } = request;
  const parts = [
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`,
    ...(namespace === undefined || namespace === '' ? [] : ['namespaces', encodeURIComponent(namespace)]),
    resource.resource,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  const parameters = new URLSearchParams(query).toString();
  return parts.join('/') + (parameters === '' ? '' : `?${parameters}`);
}

function answered(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', (error) => reject(unreachable(error)));
  });
}

/** What a line of a watch tells, or why it ends. */
function watchEvent(line: string): WatchEvent | StatusError {
  try {
    const event = parsed(line) as WatchEvent | { type: 'ERROR'; object: Status };
    return event.type === 'ERROR' ? errorOf(event.object as Status) : (event as WatchEvent);
  } catch (error) {
    return error as StatusError;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreachable(error);
  }
}

const refusal = (response: IncomingMessage): Promise<StatusError> =>
  wholeText(response).then(
    (text) => statusError(response.statusCode!, text),
    (error: StatusError) => error,
  );

async function wholeText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw unreachable(error);
  }
  return Buffer.concat(chunks).toString();
}

/** Calls back for each whole line. Pieces of a long line are put together once, when its end has come. */
function eachLine(response: IncomingMessage, onLine: (line: string) => void): void {
  let pieces: Buffer[] = [];
  response.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      pieces = [];
      start = end + 1;
      if (line.length > 0) onLine(line.toString());
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  });
}

const unreachable = (error: unknown): StatusError =>
  serviceUnavailable(`cannot reach the API server: ${error instanceof Error ? error.message : String(error)}`);

const errorOf = (status: Status): StatusError =>
  new StatusError({ ...status, code: status.code ?? 500, message: status.message ?? '' });

function statusError(code: number, text: string): StatusError {
  try {
    const status = JSON.parse(text) as Status;
    if (status.kind === 'Status') return errorOf({ ...status, code: status.code ?? code });
  } catch {
    // Not the API's own words: a proxy's, or a path that is none of the API's.
  }
  return new StatusError({ code, reason: code === 404 ? 'NotFound' : '', message: text.trim() || `HTTP ${code}` });
}
