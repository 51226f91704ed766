import { createECDH, createHash, createHmac, type KeyObject } from 'node:crypto';

/** How many points the group of P-256 has (SEC 2, 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * The ECDSA signature of a message by a P-256 key, with SHA-256 and the nonce that key and message decide (RFC 6979): each time the same
 * one. As JSON Web Signatures have it: 32 bytes of r, 32 of s (RFC 7518 §3.4). Node's own draws its nonces. Takes longer for some numbers
 * than for others, which tells a watchful stranger of the key: only for clusters whose keys are no secrets.
 */
export function reproducibleSignature(message: Buffer, privateKey: KeyObject): Buffer {
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d!, 'base64url');
  const hash = createHash('sha256').update(message).digest();
  for (const nonce of nonces(secret, hash)) {
    const point = createECDH('prime256v1');
    point.setPrivateKey(bytesOf(nonce));
    const r = numberOf(point.getPublicKey().subarray(1, 33)) % ORDER;
    const s = (inverse(nonce) * (numberOf(hash) + r * numberOf(secret))) % ORDER;
    if (r !== 0n && s !== 0n) return Buffer.concat([bytesOf(r), bytesOf(s)]);
  }
  throw new Error('there are nonces without end');
}

/** RFC 6979 §3.2. */
function* nonces(secret: Buffer, hash: Buffer): Generator<bigint> {
  const input = Buffer.concat([secret, bytesOf(numberOf(hash) % ORDER)]);
  let key: Buffer = Buffer.alloc(32, 0);
  let value: Buffer = Buffer.alloc(32, 1);
  const mac = (...parts: readonly Buffer[]): Buffer => createHmac('sha256', key).update(Buffer.concat(parts)).digest();
  for (const round of [0, 1]) {
    key = mac(value, Buffer.from([round]), input);
    value = mac(value);
  }
  for (;;) {
    value = mac(value);
    const nonce = numberOf(value);
    if (nonce > 0n && nonce < ORDER) yield nonce;
    key = mac(value, Buffer.from([0]));
    value = mac(value);
  }
}

/** Modulo the order (Euclid's algorithm). */
function inverse(number: bigint): bigint {
  let [a, b, x, y] = [number, ORDER, 1n, 0n];
  while (b !== 0n) {
    const times = a / b;
    [a, b, x, y] = [b, a - times * b, y, x - times * y];
  }
  return ((x % ORDER) + ORDER) % ORDER;
}

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);

const bytesOf = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex');
