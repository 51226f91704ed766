import { createPrivateKey as privateKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { seededRandom } from '@kubarium/shared';
import { createCredentials, credentialsFor, createPodCredentials, serverTls } from './credentials.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('a new cluster’s credentials', () => {
  const credentials = createCredentials(
    { names: ['localhost', 'kubernetes.default.svc'], addresses: ['127.0.0.1', '10.96.0.1'] },
    NOW,
  );
  const ca = new X509Certificate(credentials.ca.certificate);
  const server = new X509Certificate(credentials.server.certificate);
  const admin = new X509Certificate(credentials.admin.certificate);

  test('come from one authority', () => {
    expect(ca.ca).toBe(true);
    for (const one of [ca, server, admin]) expect(one.verify(ca.publicKey)).toBe(true);
  });

  test('name the server by every name and address that clients use', () => {
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(server.checkIP('10.96.0.1')).toBe('10.96.0.1');
    expect(server.checkHost('elsewhere')).toBeUndefined();
  });

  test('make the administrator a member of system:masters', () => {
    expect(admin.subject.split('\n').sort()).toEqual(['CN=kubernetes-admin', 'O=system:masters']);
  });

  test('hold for ten years from a little before now', () => {
    expect(Date.parse(server.validFrom)).toBeLessThan(NOW);
    expect(Date.parse(server.validTo) - NOW).toBe(10 * 365 * 24 * 3600 * 1000);
  });

  test('have keys that fit the certificates', () => {
    expect(server.checkPrivateKey(privateKey(credentials.server.key))).toBe(true);
    expect(admin.checkPrivateKey(privateKey(credentials.admin.key))).toBe(true);
    expect(credentials.adminToken.length).toBeGreaterThan(40);
  });

  test('stay as they are for a server with no other names', () => {
    const fewer = { names: ['localhost'], addresses: ['10.96.0.1'] };
    expect(credentialsFor(fewer, credentials, NOW)).toBe(credentials);
  });

  test.each([
    ['a name', { names: ['localhost', 'elsewhere'], addresses: ['127.0.0.1'] }],
    ['an address', { names: ['localhost'], addresses: ['127.0.0.1', '192.0.2.7', '::1'] }],
  ])('have another server certificate for %s more, and are the same otherwise', (_, names) => {
    const made = credentialsFor(names, credentials, NOW);
    expect(made).toEqual({ ...credentials, server: { ...credentials.server, certificate: expect.any(String) } });
    const again = new X509Certificate(made.server.certificate);
    expect(again.verify(ca.publicKey) && again.checkIssued(ca)).toBe(true);
    expect(again.checkPrivateKey(privateKey(made.server.key))).toBe(true);
    expect(names.names.map((name) => again.checkHost(name))).toEqual(names.names);
    expect(names.addresses.map((address) => again.checkIP(address))).toEqual(names.addresses);
  });
});

test('lets both ends of a TLS connection know each other', async () => {
  const credentials = createCredentials({ names: ['localhost'], addresses: ['127.0.0.1', '::1'] }, Date.now());
  const { clientCa, ...tls } = serverTls(credentials);
  const server = createServer({ ...tls, ca: clientCa, requestCert: true, rejectUnauthorized: true });
  const { promise, resolve } = Promise.withResolvers<TLSSocket>();
  server.once('secureConnection', resolve);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  const { admin, ca } = credentials;
  const client = connect({ host: '127.0.0.1', port, ca: ca.certificate, cert: admin.certificate, key: admin.key });
  const peer = (await promise).getPeerCertificate().subject;
  expect([peer.O, peer.CN]).toEqual(['system:masters', 'kubernetes-admin']);
  expect(client.authorized).toBe(true);
  client.destroy();
  server.close();
});

describe('the credentials of the pod network', () => {
  const names = { names: ['kubernetes.default.svc'], addresses: ['10.96.0.1', '2001:db8::1:2'] };
  const made = createPodCredentials(names, seededRandom(7));

  test('follow the seed', () => {
    expect(createPodCredentials(names, seededRandom(7)).rootCertificate).toBe(made.rootCertificate);
    expect(createPodCredentials(names, seededRandom(8)).rootCertificate).not.toBe(made.rootCertificate);
  });

  test('show the server to pods, and trust no client certificate of the seeded authority', () => {
    const { cert, clientCa } = made.tls();
    const root = new X509Certificate(made.rootCertificate);
    const server = new X509Certificate(cert);
    expect(server.verify(root.publicKey)).toBe(true);
    expect(server.checkIP('2001:db8::1:2')).toBe('2001:db8::1:2');
    expect(new X509Certificate(clientCa).publicKey.equals(root.publicKey)).toBe(false);
  });
});
