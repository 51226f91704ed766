import { createPrivateKey as privateKey, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createCredentials } from './credentials.ts';

const NOW = Date.UTC(2026, 0, 1);

describe('a new cluster’s credentials', async () => {
  const credentials = await createCredentials(
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
});
