/** ASN.1 in DER (ITU-T X.690): the few types that certificates are made of. Each function returns a whole value, tag and length included. */

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** A value of a tag. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

/** Below 128 in one byte, else the number of bytes and the bytes. */
function length(count: number): Buffer {
  if (count < 128) return Buffer.from([count]);
  const bytes: number[] = [];
  for (let rest = count; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...values: readonly Uint8Array[]): Buffer => tagged(SEQUENCE, ...values);
export const set = (...values: readonly Uint8Array[]): Buffer => tagged(SET, ...values);
export const octetString = (bytes: Uint8Array): Buffer => tagged(OCTET_STRING, bytes);
export const utf8String = (text: string): Buffer => tagged(UTF8_STRING, Buffer.from(text));
export const booleanTrue = (): Buffer => Buffer.from([0x01, 0x01, 0xff]);

/** A whole number of any size, from its bytes, most significant first; never negative. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  return digits[0]! < 0x80 ? tagged(INTEGER, digits) : tagged(INTEGER, Buffer.from([0]), digits);
}

/** Bits in whole bytes, of which the last `unused` do not count. */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => tagged(BIT_STRING, Buffer.from([unused]), bytes);

/** An identifier in dots: `2.5.29.19`. */
export function objectIdentifier(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [40 * first + second];
  for (const part of rest) {
    const group = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) group.unshift((left & 0x7f) | 0x80);
    bytes.push(...group);
  }
  return tagged(OBJECT_IDENTIFIER, Buffer.from(bytes));
}

/** A moment, from RFC 3339 in UTC with whole seconds; with two digits of the year until 2049, as RFC 5280 wants it. */
export function time(timestamp: string): Buffer {
  const digits = timestamp.replaceAll(/[-:T]/g, '');
  const year = Number(digits.slice(0, 4));
  return year < 2050 ? tagged(UTC_TIME, Buffer.from(digits.slice(2))) : tagged(GENERALIZED_TIME, Buffer.from(digits));
}
