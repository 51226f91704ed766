import { createECDH, createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Random } from '@kubarium/shared';
import type { KeySource } from './certificates.ts';

/** Secrets from the system's own generator: P-256 keys, as kubeadm can make them. */
export const secretKeys: KeySource = {
  privateKey: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  serialNumber: () => randomBytes(8),
};

/** A PKCS #8 wrapping of an Ed25519 key, before its 32 bytes (RFC 8410). */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Keys that the cluster's seed decides: whoever knows the seed knows them. Only for what stays on the simulated network: a pod of an
 * embedded cluster verifies the API server by them, and each run has the same certificates.
 */
export const seededKeys = (random: Random): KeySource => ({
  privateKey: () =>
    createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, bytesOf(random, 32)]), format: 'der', type: 'pkcs8' }),
  serialNumber: () => bytesOf(random, 8),
});

/** A P-256 key that the seed decides. */
export function seededEllipticKey(random: Random): KeyObject {
  const point = createECDH('prime256v1');
  const secret = bytesOf(random, 32);
  // Beyond the order of the group are keys whose first half is all ones; this has no such one.
  secret[0]! &= 0x7f;
  point.setPrivateKey(secret);
  const [x, y] = [1, 33].map((from) => point.getPublicKey().toString('base64url', from, from + 32));
  const key = { kty: 'EC', crv: 'P-256', d: secret.toString('base64url'), x: x!, y: y! };
  return createPrivateKey({ format: 'jwk', key });
}

const bytesOf = (random: Random, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, () => random.integer(256)));
