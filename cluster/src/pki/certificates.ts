import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { timestamp } from '@kubarium/shared';
import * as der from './der.ts';

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

/** In milliseconds since 1970. */
export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a cluster's keys and serial numbers come from. */
export interface KeySource {
  privateKey(): KeyObject;
  serialNumber(): Uint8Array;
}

const ECDSA_WITH_SHA256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'));
const ED25519 = der.sequence(der.objectIdentifier('1.3.101.112'));
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/**
 * Issues a cluster's certificates (X.509 version 3, RFC 5280): one authority for server and clients, as kubeadm's. Keys are
 * elliptic: P-256 or Ed25519, whichever the source gives.
 */
export class CertificateAuthority {
  readonly pair: KeyPair;
  readonly #keys: KeySource;
  readonly #name: Buffer;
  readonly #key: KeyObject;
  readonly #validity: Validity;

  /** `pair`: that of an authority of this name which was made before; without it a new one is made. */
  constructor(commonName: string, keys: KeySource, validity: Validity, pair?: KeyPair) {
    this.#keys = keys;
    this.#validity = validity;
    this.#name = nameOf({ commonName });
    this.#key = pair === undefined ? keys.privateKey() : createPrivateKey(pair.key);
    this.pair = pair ?? this.#selfSigned();
  }

  #selfSigned(): KeyPair {
    const publicKey = spkiOf(this.#key);
    const certificate = this.#sign(this.#name, publicKey, [
      extension('2.5.29.19', der.sequence(der.booleanTrue()), true), // basicConstraints: an authority
      extension('2.5.29.15', der.bitString(Buffer.from([0b1000_0100]), 2), true), // keyUsage: digitalSignature, keyCertSign
      extension('2.5.29.14', der.octetString(keyIdentifier(publicKey))),
    ]);
    return { certificate, key: keyPem(this.#key) };
  }

  /** A server certificate for DNS names and IP addresses; for a new key, if not for that one. */
  server(subject: Subject, names: readonly string[], addresses: readonly string[], key?: KeyObject): KeyPair {
    const dnsNames = names.map((name) => der.tagged(0x82, Buffer.from(name)));
    const ipAddresses = addresses.map((address) => der.tagged(0x87, addressBytes(address)));
    return this.#issue(subject, SERVER_AUTH, [extension('2.5.29.17', der.sequence(...dnsNames, ...ipAddresses))], key);
  }

  /** A client certificate. */
  client(subject: Subject): KeyPair {
    return this.#issue(subject, CLIENT_AUTH, []);
  }

  #issue(subject: Subject, usage: string, extensions: readonly Buffer[], key = this.#keys.privateKey()): KeyPair {
    const issuerIdentifier = keyIdentifier(spkiOf(this.#key));
    const certificate = this.#sign(nameOf(subject), spkiOf(key), [
      extension('2.5.29.19', der.sequence(), true), // basicConstraints: no authority
      extension('2.5.29.15', der.bitString(Buffer.from([0b1010_0000]), 5), true), // keyUsage: digitalSignature, keyEncipherment
      extension('2.5.29.37', der.sequence(der.objectIdentifier(usage))),
      extension('2.5.29.35', der.sequence(der.tagged(0x80, issuerIdentifier))),
      ...extensions,
    ]);
    return { certificate, key: keyPem(key) };
  }

  #sign(subject: Buffer, publicKey: Buffer, extensions: readonly Buffer[]): string {
    const isEd25519 = this.#key.asymmetricKeyType === 'ed25519';
    const algorithm = isEd25519 ? ED25519 : ECDSA_WITH_SHA256;
    const { fromMs, toMs } = this.#validity;
    const toBeSigned = der.sequence(
      der.tagged(0xa0, der.unsignedInteger(Buffer.from([2]))), // version 3
      der.unsignedInteger(this.#keys.serialNumber()),
      algorithm,
      this.#name,
      der.sequence(der.time(timestamp(fromMs)), der.time(timestamp(toMs))),
      subject,
      publicKey,
      der.tagged(0xa3, der.sequence(...extensions)),
    );
    const signature = sign(isEd25519 ? null : 'sha256', toBeSigned, this.#key);
    return pem('CERTIFICATE', der.sequence(toBeSigned, algorithm, der.bitString(signature)));
  }
}

const extension = (identifier: string, value: Buffer, isCritical = false): Buffer =>
  der.sequence(der.objectIdentifier(identifier), ...(isCritical ? [der.booleanTrue()] : []), der.octetString(value));

const attribute = (identifier: string, value: string): Buffer =>
  der.set(der.sequence(der.objectIdentifier(identifier), der.utf8String(value)));

const nameOf = ({ organization, commonName }: Subject): Buffer =>
  der.sequence(
    ...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]),
    attribute('2.5.4.3', commonName),
  );

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** Any function of the key that tells it from others would do (RFC 5280, 4.2.1.2). */
const keyIdentifier = (spki: Buffer): Buffer => createHash('sha1').update(spki).digest();

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = address.includes('::')
    ? [...groups(head), ...Array.from({ length: missing }, () => '0'), ...groups(tail)]
    : groups(head);
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
