import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import type { TlsOptions } from '@kubarium/apiserver';
import type { Random } from '@kubarium/shared';
import { CertificateAuthority, type KeyPair, type Validity } from './certificates.ts';
import { secretKeys, seededEllipticKey, seededKeys } from './key-source.ts';

/** All secrets of a cluster. Made once, then read from the state folder: a client's kubeconfig stays good over restarts. */
export interface Credentials {
  /** The authority that signed the others; clients trust it. */
  readonly ca: KeyPair;
  readonly server: KeyPair;
  /** User `kubernetes-admin` of group `system:masters`. */
  readonly admin: KeyPair;
  /** Signs ServiceAccount tokens: PEM, P-256. */
  readonly serviceAccountKey: string;
  /** An administrator's bearer token. */
  readonly adminToken: string;
}

export interface ServerNames {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
}

const DAY_MS = 24 * 3600 * 1000;
/** Certificates are valid from a little before now, for clocks that run behind. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

const AUTHORITY = 'kubernetes';
const SERVER = { commonName: 'kube-apiserver' };

/** Makes a new cluster's credentials, valid for ten years. */
export function createCredentials(server: ServerNames, nowMs: number): Credentials {
  const authority = new CertificateAuthority(AUTHORITY, secretKeys, tenYears(nowMs));
  return {
    ca: authority.pair,
    server: authority.server(SERVER, server.names, server.addresses),
    admin: authority.client({ commonName: 'kubernetes-admin', organization: 'system:masters' }),
    serviceAccountKey: createServiceAccountKey(),
    adminToken: randomBytes(32).toString('base64url'),
  };
}

/**
 * The same credentials, with a server certificate that names the server by all of these: it is issued anew where the one at hand lacks one
 * of them. Whoever trusts the authority goes on to trust the server.
 */
export function credentialsFor(server: ServerNames, credentials: Credentials, nowMs: number): Credentials {
  const current = new X509Certificate(credentials.server.certificate);
  const isNamed =
    server.names.every((name) => current.checkHost(name) !== undefined) &&
    server.addresses.every((address) => current.checkIP(address) !== undefined);
  if (isNamed) return credentials;
  const authority = new CertificateAuthority(AUTHORITY, secretKeys, tenYears(nowMs), credentials.ca);
  const key = createPrivateKey(credentials.server.key);
  return { ...credentials, server: authority.server(SERVER, server.names, server.addresses, key) };
}

const tenYears = (nowMs: number): Validity => ({ fromMs: nowMs - CLOCK_SKEW_MS, toMs: nowMs + 3650 * DAY_MS });

/** How the pods of a cluster that nobody outside can reach know its API server. */
export interface PodCredentials {
  readonly rootCertificate: string;
  /** Issued when asked for. */
  tls(): TlsOptions;
}

/** TLS is judged by the machine's clock, whatever the cluster's says: from 2020 to 2120. */
const ALWAYS = { fromMs: 18_262 * DAY_MS, toMs: 54_786 * DAY_MS };

/** Credentials that the seed decides, and that are good inside the simulated network only. */
export function createPodCredentials(server: ServerNames, random: Random): PodCredentials {
  const authority = new CertificateAuthority(AUTHORITY, seededKeys(random), ALWAYS);
  return {
    rootCertificate: authority.pair.certificate,
    tls() {
      const { key, certificate } = authority.server(SERVER, server.names, server.addresses);
      // The authority's key is no secret: no client certificate of its making is taken, but only tokens.
      const strangers = new CertificateAuthority('nobody', secretKeys, ALWAYS);
      return { key, cert: certificate, clientCa: strangers.pair.certificate };
    },
  };
}

/** A key for signing ServiceAccount tokens: a secret, or what chance decides. */
export const createServiceAccountKey = (random?: Random): string =>
  (random === undefined ? secretKeys.privateKey() : seededEllipticKey(random))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

/** How an API server with these credentials shows itself, and whom it knows. */
export const serverTls = ({ server, ca }: Credentials): TlsOptions => ({
  key: server.key,
  cert: server.certificate,
  clientCa: ca.certificate,
});
