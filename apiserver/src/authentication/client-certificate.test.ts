import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ClientCertificateAuthenticator } from './client-certificate.ts';

const over = (socket: Socket): IncomingMessage => ({ socket }) as unknown as IncomingMessage;

describe('ClientCertificateAuthenticator', () => {
  it('knows nobody on a connection without a certificate, or without TLS', async () => {
    const authenticator = new ClientCertificateAuthenticator();
    expect(await authenticator.authenticate(over(new TLSSocket(new Socket())))).toBeUndefined();
    expect(await authenticator.authenticate(over(new Socket()))).toBeUndefined();
  });

  it('refuses a request whose connection has gone before it was read', async () => {
    const socket = new TLSSocket(new Socket());
    socket.destroy();
    await expect(new ClientCertificateAuthenticator().authenticate(over(socket))).rejects.toMatchObject({ code: 401 });
  });
});
