import type { IncomingMessage } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import { unauthorized } from '@kubarium/shared';
import type { User } from '../registry/strategy.ts';
import type { Authenticator } from './authenticator.ts';

/** Knows whose a token is; undefined where it is not one of its tokens, or not valid (any more). */
export interface TokenReader {
  userOf(token: string, audiences?: readonly string[]): Promise<User | undefined>;
}

/** `Authorization: Bearer TOKEN`; a token that no reader knows is refused. */
export class BearerTokenAuthenticator implements Authenticator, TokenReader {
  readonly #readers: readonly TokenReader[];

  constructor(...readers: readonly TokenReader[]) {
    this.#readers = readers;
  }

  async authenticate(request: IncomingMessage): Promise<User | undefined> {
    const token = bearerToken(request);
    if (token === undefined) return undefined;
    const user = await this.userOf(token);
    if (user === undefined) throw unauthorized();
    return user;
  }

  async userOf(token: string, audiences?: readonly string[]): Promise<User | undefined> {
    for (const reader of this.#readers) {
      const user = await reader.userOf(token, audiences);
      if (user !== undefined) return user;
    }
    return undefined;
  }
}

const BEARER = /^bearer +(\S.*)$/i;
/** How a browser's WebSocket carries a token, since it cannot set headers (base64url without padding). */
const WEBSOCKET_TOKEN = 'base64url.bearer.authorization.k8s.io.';

function bearerToken({ headers }: IncomingMessage): string | undefined {
  const token = BEARER.exec(headers.authorization ?? '')?.[1]?.trim();
  if (token !== undefined) return token;
  const protocol = headers['sec-websocket-protocol']
    ?.split(',')
    .map((one) => one.trim())
    .find((one) => one.startsWith(WEBSOCKET_TOKEN));
  return protocol === undefined
    ? undefined
    : Buffer.from(protocol.slice(WEBSOCKET_TOKEN.length), 'base64url').toString();
}

/** Tokens fixed at start: the administrator's. */
export class StaticTokens implements TokenReader {
  readonly #tokens: readonly { readonly token: Buffer; readonly user: User }[];

  constructor(tokens: readonly { readonly token: string; readonly user: User }[]) {
    this.#tokens = tokens.map(({ token, user }) => ({ token: Buffer.from(token), user }));
  }

  async userOf(token: string): Promise<User | undefined> {
    const given = Buffer.from(token);
    return this.#tokens.find((known) => known.token.length === given.length && timingSafeEqual(known.token, given))
      ?.user;
  }
}
