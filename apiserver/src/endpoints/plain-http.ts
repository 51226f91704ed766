import type { Server } from 'node:https';
import type { Socket } from 'node:net';

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
