import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface TestCertificates {
  readonly ca: string;
  readonly server: KeyPair;
  client(name: string, ...groups: string[]): Promise<KeyPair>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A CA of its own with a server certificate for 127.0.0.1. */
export async function testCertificates(): Promise<TestCertificates> {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const generate = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const caKeys = await generate();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test-ca',
    keys: caKeys as never,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const pem = async (key: webcrypto.CryptoKey): Promise<string> =>
    x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  const issue = async (subject: string, extensions: x509.Extension[]): Promise<KeyPair> => {
    const keys = await generate();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: ca.subject,
      publicKey: keys.publicKey as never,
      signingKey: caKeys.privateKey as never,
      signingAlgorithm: ALGORITHM,
      extensions,
    });
    return { key: await pem(keys.privateKey), cert: certificate.toString('pem') };
  };
  return {
    ca: ca.toString('pem'),
    server: await issue('CN=kube-apiserver', [
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ]),
    client: (name, ...groups) =>
      issue([`CN=${name}`, ...groups.map((group) => `O=${group}`)].join(','), [
        new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.2']),
      ]),
  };
}
