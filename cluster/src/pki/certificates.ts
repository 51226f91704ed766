import 'reflect-metadata';
import { dateAt } from '@kubarium/shared';
import * as x509 from '@peculiar/x509';
import { webcrypto } from 'node:crypto';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate names; for the API server's client authentication `commonName` is the user, `organization` its group. */
export interface Subject {
  readonly commonName: string;
  readonly organization?: string | undefined;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const YEAR_MS = 365 * 24 * 3600 * 1000;
/** Certificates are valid from a little before now, for clocks that run behind. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/**
 * Issues a cluster's certificates: one authority for server and clients, as kubeadm's, elliptic curve P-256. Only loaded where
 * there is something to issue: a second start reads what the first one wrote.
 */
export class CertificateAuthority {
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;
  readonly #nowMs: number;
  readonly pair: KeyPair;

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey, pair: KeyPair, nowMs: number) {
    this.#certificate = certificate;
    this.#key = key;
    this.pair = pair;
    this.#nowMs = nowMs;
  }

  /** Makes a new authority, valid for ten years from `nowMs`. */
  static async create(commonName: string, nowMs: number): Promise<CertificateAuthority> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: nameOf({ commonName }),
      keys,
      signingAlgorithm: ALGORITHM,
      serialNumber: '01',
      notBefore: dateAt(nowMs - CLOCK_SKEW_MS),
      notAfter: dateAt(nowMs + 10 * YEAR_MS),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const pair = { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
    return new CertificateAuthority(certificate, keys.privateKey, pair, nowMs);
  }

  /** A server certificate for DNS names and IP addresses, valid for ten years. */
  server(subject: Subject, names: readonly string[], addresses: readonly string[]): Promise<KeyPair> {
    return this.#issue(subject, x509.ExtendedKeyUsage.serverAuth, [
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: 'dns' as const, value })),
        ...addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
    ]);
  }

  /** A client certificate, valid for ten years. */
  client(subject: Subject): Promise<KeyPair> {
    return this.#issue(subject, x509.ExtendedKeyUsage.clientAuth, []);
  }

  async #issue(subject: Subject, usage: x509.ExtendedKeyUsage, extensions: x509.Extension[]): Promise<KeyPair> {
    const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
      subject: nameOf(subject),
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
      notBefore: dateAt(this.#nowMs - CLOCK_SKEW_MS),
      notAfter: dateAt(this.#nowMs + 10 * YEAR_MS),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate),
        ...extensions,
      ],
    });
    return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
  }
}

const nameOf = (subject: Subject): string =>
  [subject.organization === undefined ? [] : [`O=${subject.organization}`], `CN=${subject.commonName}`]
    .flat()
    .join(', ');

const pem = (certificate: x509.X509Certificate): string => `${certificate.toString('pem')}\n`;

const keyPem = async (key: webcrypto.CryptoKey): Promise<string> =>
  `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
