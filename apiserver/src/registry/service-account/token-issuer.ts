import type { ObjectReference } from '@kubarium/shared';

/** What a token is to say; the API server has checked it. */
export interface TokenClaims {
  /** Empty for the API server's own audience. */
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly serviceAccount: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** The Pod, Secret or Node with whose life the token ends. */
  readonly boundObject?: BoundObject | undefined;
}

export interface BoundObject extends Pick<ObjectReference, 'apiVersion' | 'kind' | 'name'> {
  readonly name: string;
  readonly uid: string;
  /** Of a bound Pod: the node that it runs on. */
  readonly node?: { readonly name: string; readonly uid: string } | undefined;
}

export interface IssuedToken {
  readonly token: string;
  /** RFC 3339, whole seconds. */
  readonly expirationTimestamp: string;
  /** The audiences that the token is for, where none were asked for. */
  readonly audiences: readonly string[];
}

/** Signs service account tokens. Owned by the authentication of the endpoints; the registry only asks. */
export interface TokenIssuer {
  issue(claims: TokenClaims): IssuedToken | Promise<IssuedToken>;
}
