import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { hangUp } from './streaming/upgrade.ts';

/** Tells clients that speak HTTP where TLS is spoken so, in the real server's words, rather than hang up on them. */
export function answerPlainHttp(server: Pick<Server, 'on'>): void {
  // By port: from a socket's TLS there is no way back to the socket.
  const sockets = new Map<number, Socket>();
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort;
    if (port === undefined) return;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  server.on('tlsClientError', ({ code }: NodeJS.ErrnoException, { remotePort = 0 }: Socket) => {
    if (code !== 'ERR_SSL_HTTP_REQUEST') return;
    sockets.get(remotePort)?.end('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
  });
}

/** Answers what is no HTTP that can be read, as Go's server does. */
export function answerUnreadable({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status = code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
  hangUp(socket, head + status);
}
