import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { peerOf } from './peer.ts';
import { hangUp } from './streaming/upgrade.ts';

/** Tells clients that speak HTTP where TLS is spoken so, in the real server's words, rather than hang up on them. */
export function answerPlainHttp(server: Pick<Server, 'on'>): void {
  const sockets = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    if (socket.remotePort === undefined) return;
    const peer = peerOf(socket);
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
  });
  server.on('tlsClientError', ({ code }: NodeJS.ErrnoException, socket: Socket) => {
    if (code !== 'ERR_SSL_HTTP_REQUEST') return;
    sockets
      .get(peerOf(socket))
      ?.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });
}

/** Answers what is no HTTP that can be read, as Go's server does. */
export function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
  hangUp(socket, head + status);
}
