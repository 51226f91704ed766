import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { Duplex } from 'node:stream';
import { admit, type AccessControl } from './access-control.ts';
import { pathNotFound } from './http-errors.ts';
import { requestInfo } from './request-info.ts';
import { errorReply } from './status-response.ts';
import type { StreamingServices } from './streaming/streaming-call.ts';
import { upgradeHandler } from './streaming/streaming-handler.ts';
import { hangUp } from './streaming/upgrade.ts';

/** True for the requests whose upgrade means something here; others are answered in the ordinary way, as if they had not asked. */
export function isUpgradable(request: IncomingMessage): boolean {
  const protocol = request.headers.upgrade?.toLowerCase();
  if (protocol === undefined) return false;
  try {
    const info = requestInfo(request.method!, request.url!);
    if (!info.isResource || upgradeHandler(info) === undefined) return false;
    if (info.subresource === 'proxy' || protocol === 'websocket') return true;
    return protocol === 'spdy/3.1' && info.subresource !== 'log';
  } catch {
    return false;
  }
}

/** Serves upgrades of the connection (exec, attach, port-forward, proxied WebSockets), with the same access control as all else. */
export function upgradeRoutes(server: Server, services: StreamingServices, access: AccessControl): void {
  const { logger } = services.runtime;
  const serve = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const info = requestInfo(request.method!, request.url!);
    const handler = info.isResource ? upgradeHandler(info) : undefined;
    if (!info.isResource || handler === undefined) throw pathNotFound();
    const user = await admit(access, request, info);
    const resource = services.registry.resource(info.group, info.version, info.resource);
    if (resource === undefined || info.name === undefined || info.namespace === undefined) throw pathNotFound();
    const query = new URL(request.url!, 'http://localhost').searchParams;
    await handler({ services, info, resource, user, raw: request, query }, { request, socket, head });
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    serve(request, socket, head).catch(async (error: unknown) => {
      const { code, headers, text } = errorReply(error, request, logger);
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      if (!(await takesSocket(response, socket))) return void socket.destroy();
      response.writeHead(code, headers);
      response.end(text);
      hangUp(socket);
    });
  });
}

/** How many turns of the event loop the response before this one may take to let go of the socket. */
const MOST_TURNS = 16;

/** False where the connection is gone, or the request before this one has no answer yet: then none can be given behind that. */
async function takesSocket(response: ServerResponse, socket: Duplex): Promise<boolean> {
  for (let turn = 0; turn < MOST_TURNS && !socket.destroyed; turn++) {
    try {
      response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
      return true;
    } catch {
      // A client may have read all of an answer before the server knows that it is written.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return false;
}
