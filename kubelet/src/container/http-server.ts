import { httpDate, type Connection, type Listener } from '@kubarium/shared';
import type { IncomingMessage, RequestListener, ServerOptions } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Process } from './process.ts';
import { answerSimply, SimpleRequests } from './simple-request.ts';

export interface HttpServerOptions {
  readonly port: number;
  readonly address?: string | undefined;
  /** The `Server` header; absent leaves it out. */
  readonly name?: string | undefined;
  /** With a certificate and its key, in PEM, it is HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** Answers a request; what it throws or rejects with ends the process, as in Node. */
export type RequestHandler = (...given: Parameters<RequestListener>) => unknown;

/**
 * Serves HTTP on the pod's network with Node's own HTTP code. Node's server is made at the first connection that needs it, so
 * that thousands of idle containers stay small. Its timers are off and its date is the clock's: nothing here leans on real time.
 */
export function serveHttp(process: Process, options: HttpServerOptions, handler: RequestHandler): Listener {
  let serve: ((connection: Connection) => void) | undefined;
  return process.network.listen(
    { port: options.port, ...(options.address !== undefined && { address: options.address }) },
    (connection) => (serve ??= makeServer(process, options, handler))(connection),
  );
}

function makeServer(
  process: Process,
  options: HttpServerOptions,
  handler: RequestHandler,
): (connection: Connection) => void {
  const answer: RequestListener = (request, response) => {
    response.sendDate = false;
    response.setHeader('Date', httpDate(process.runtime.clock.now()));
    if (options.name !== undefined) response.setHeader('Server', options.name);
    // What a handler throws nobody else catches: Node ends a process for that.
    new Promise<unknown>((done) => done(handler(request, response))).catch((error: unknown) => process.crash(error));
  };
  const simple = new SimpleRequests();
  let server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer> | undefined;
  return (connection) => {
    if (options.tls) {
      server ??= createTlsServer({ ...SERVER_OPTIONS, ...options.tls }, answer);
      server.emit('connection', connection);
      return;
    }
    connection.on('end', leave);
    connection.once('data', (chunk: Buffer) => {
      connection.removeListener('end', leave);
      const head = simple.read(chunk);
      if (head !== undefined) return answerSimply(connection, head, answer);
      server ??= createServer(SERVER_OPTIONS, answer);
      connection.unshift(chunk);
      server.emit('connection', connection);
    });
  };
}

/** A client that goes away without a word, as a TCP probe does, is not waited for. */
function leave(this: Connection): void {
  this.destroy();
}

const SERVER_OPTIONS: ServerOptions = {
  keepAliveTimeout: 0,
  headersTimeout: 0,
  requestTimeout: 0,
  connectionsCheckingInterval: 0x7fff_ffff,
};

/** The connection that a request came on. */
export const connectionOf = (request: IncomingMessage): Connection => request.socket as unknown as Connection;

/** All of a request's body; rejects where the client went away. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (length === undefined && encoding === undefined) return Buffer.alloc(0);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
