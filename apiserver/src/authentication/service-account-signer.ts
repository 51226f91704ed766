import { createHash, createPrivateKey, createPublicKey, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { createRequire } from 'node:module';
import { realClock, timestamp, type Runtime } from '@kubarium/shared';
import type jsonWebToken from 'jsonwebtoken';
import { reproducibleSignature } from './reproducible-signature.ts';
import type { IssuedToken, TokenClaims, TokenIssuer } from '../registry/service-account/token-issuer.ts';

/** Who signs ServiceAccount tokens, and for whom they are meant unless they say otherwise. */
export const DEFAULT_ISSUER = 'https://kubernetes.default.svc.cluster.local';

interface NamedObject {
  readonly name: string;
  readonly uid: string;
}

/** The payload of a token (KEP-1205). */
export interface SignedClaims {
  readonly aud: readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: NamedObject;
    readonly pod?: NamedObject;
    readonly secret?: NamedObject;
    readonly serviceaccount: NamedObject;
  };
  readonly nbf: number;
  readonly sub: string;
}

const MAX_REMEMBERED = 4096;

/** Loaded with the first token that comes: its 70 files would be a tenth of the start. */
let loaded: typeof jsonWebToken | undefined;
const jwt = (): typeof jsonWebToken =>
  (loaded ??= createRequire(import.meta.url)('jsonwebtoken') as typeof jsonWebToken);

const base64Url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs ServiceAccount tokens, and knows its own signature again. Whether a token still holds is for its reader to say. */
export class ServiceAccountSigner implements TokenIssuer {
  readonly issuer: string;
  readonly #runtime: Runtime;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #keyId: string;
  readonly #algorithm: 'ES256' | 'RS256';
  /** Of all tokens. */
  readonly #header: string;
  readonly #verified = new Map<string, SignedClaims>();

  /** `privateKey` is an EC P-256 or RSA private key in PEM. */
  constructor(runtime: Runtime, privateKey: string, issuer: string = DEFAULT_ISSUER) {
    this.issuer = issuer;
    this.#runtime = runtime;
    this.#privateKey = createPrivateKey(privateKey);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#algorithm = this.#privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
    this.#keyId = createHash('sha256')
      .update(this.#publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
    this.#header = base64Url({ alg: this.#algorithm, typ: 'JWT', kid: this.#keyId });
  }

  issue({ audiences, expirationSeconds, serviceAccount, boundObject }: TokenClaims): IssuedToken {
    const now = Math.floor(this.#runtime.clock.now() / 1000);
    const { namespace, name, uid } = serviceAccount;
    const bound = boundObject === undefined ? undefined : { name: boundObject.name, uid: boundObject.uid };
    const node = boundObject?.kind === 'Node' ? bound : boundObject?.node;
    const claims: SignedClaims = {
      aud: audiences.length === 0 ? [this.issuer] : audiences,
      exp: now + expirationSeconds,
      iat: now,
      iss: this.issuer,
      jti: this.#runtime.random.uuid(),
      'kubernetes.io': {
        namespace,
        ...(node === undefined ? {} : { node }),
        ...(bound !== undefined && boundObject?.kind === 'Pod' ? { pod: bound } : {}),
        ...(bound !== undefined && boundObject?.kind === 'Secret' ? { secret: bound } : {}),
        serviceaccount: { name, uid },
      },
      nbf: now,
      sub: `system:serviceaccount:${namespace}:${name}`,
    };
    return { token: this.#signed(claims), expirationTimestamp: timestamp(claims.exp * 1000), audiences: claims.aud };
  }

  /** A compact JWS (RFC 7515). By Node alone, since each pod has a token, and few are ever looked at. */
  #signed(claims: SignedClaims): string {
    const text = `${this.#header}.${base64Url(claims)}`;
    const bytes = Buffer.from(text);
    // In virtual time the same seed gives the same run, and programs may show their tokens. ES256 wants its signatures plain, not in
    // ASN.1 (RFC 7518 §3.4); those of RS256 are as they are.
    const signature =
      this.#algorithm === 'ES256' && this.#runtime.clock !== realClock
        ? reproducibleSignature(bytes, this.#privateKey)
        : sign('sha256', bytes, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }

  /** What a token says, where the signature is ours and the time is right. */
  verify(token: string): SignedClaims | undefined {
    const claims = this.#verified.get(token) ?? this.#check(token);
    return claims !== undefined && claims.exp * 1000 > this.#runtime.clock.now() ? claims : undefined;
  }

  /** The public keys, as `/openid/v1/jwks` shows them (RFC 7517). */
  jwks(): { keys: JsonWebKey[] } {
    const { kty, ...key } = this.#publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', kty: kty!, kid: this.#keyId, alg: this.#algorithm, ...key }] };
  }

  /** `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0). */
  discoveryDocument(jwksUri: string): object {
    return {
      issuer: this.issuer,
      jwks_uri: jwksUri,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [this.#algorithm],
    };
  }

  #check(token: string): SignedClaims | undefined {
    let claims: SignedClaims;
    try {
      claims = jwt().verify(token, this.#publicKey, {
        algorithms: [this.#algorithm],
        issuer: this.issuer,
        clockTimestamp: Math.floor(this.#runtime.clock.now() / 1000),
      }) as unknown as SignedClaims;
    } catch {
      return undefined;
    }
    if (claims['kubernetes.io'] === undefined || !Array.isArray(claims.aud)) return undefined;
    if (this.#verified.size >= MAX_REMEMBERED) this.#verified.clear();
    this.#verified.set(token, claims);
    return claims;
  }
}
