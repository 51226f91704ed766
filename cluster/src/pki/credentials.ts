import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { TlsOptions } from '@kubarium/apiserver';
import type { KeyPair } from './certificates.ts';

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

/** Makes a new cluster's credentials; the X.509 code is loaded only here. */
export async function createCredentials(server: ServerNames, nowMs: number): Promise<Credentials> {
  const { CertificateAuthority } = await import('./certificates.ts');
  const authority = await CertificateAuthority.create('kubernetes', nowMs);
  return {
    ca: authority.pair,
    server: await authority.server({ commonName: 'kube-apiserver' }, server.names, server.addresses),
    admin: await authority.client({ commonName: 'kubernetes-admin', organization: 'system:masters' }),
    serviceAccountKey: createServiceAccountKey(),
    adminToken: randomBytes(32).toString('base64url'),
  };
}

/** A key for signing ServiceAccount tokens. */
export const createServiceAccountKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** How an API server with these credentials shows itself, and whom it knows. */
export const serverTls = ({ server, ca }: Credentials): TlsOptions => ({
  key: server.key,
  cert: server.certificate,
  clientCa: ca.certificate,
});
