import type { IncomingMessage } from 'node:http';
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { unauthorized } from '@kubarium/shared';
import type { User } from '../registry/strategy.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * The client certificate of the TLS connection: its common name is the user, its organizations are the groups. The TLS layer has
 * checked it against the cluster's CA; a certificate of anybody else is refused.
 */
export class ClientCertificateAuthenticator implements Authenticator {
  /** A connection's certificate does not change, and reading it is slow. */
  readonly #users = new WeakMap<TLSSocket, User | 'none'>();

  async authenticate(request: IncomingMessage): Promise<User | undefined> {
    const { socket } = request;
    if (!(socket instanceof TLSSocket)) return undefined;
    let user = this.#users.get(socket);
    if (user === undefined) {
      user = userOf(socket);
      this.#users.set(socket, user);
    }
    return user === 'none' ? undefined : user;
  }
}

function userOf(socket: TLSSocket): User | 'none' {
  // Null once the connection is gone, which Node's types do not tell: nobody is there to read an answer.
  const certificate = socket.getPeerCertificate() as PeerCertificate | null;
  if (certificate === null) throw unauthorized();
  if (Object.keys(certificate).length === 0) return 'none';
  if (!socket.authorized) throw unauthorized();
  const { CN, O } = certificate.subject as { CN?: string; O?: string | string[] };
  if (CN === undefined || CN === '') return 'none';
  return { name: CN, groups: O === undefined ? [] : typeof O === 'string' ? [O] : O };
}
