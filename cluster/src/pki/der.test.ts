import { expect, test } from 'vitest';
import * as der from './der.ts';

test.each([
  ['an identifier', der.objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
  ['a small number', der.unsignedInteger(Buffer.from([2])), '020102'],
  ['a number with its first bit set', der.unsignedInteger(Buffer.from([0x80, 1])), '0203008001'],
  ['a number with zeros before it', der.unsignedInteger(Buffer.from([0, 0, 7])), '020107'],
  ['zero', der.unsignedInteger(Buffer.from([0])), '020100'],
  ['an empty sequence', der.sequence(), '3000'],
  ['bits', der.bitString(Buffer.from([0xa0]), 5), '030205a0'],
  ['a time before 2050', der.time('2049-12-31T23:59:59Z'), `170d${Buffer.from('491231235959Z').toString('hex')}`],
  ['a time from 2050 on', der.time('2050-01-01T00:00:00Z'), `180f${Buffer.from('20500101000000Z').toString('hex')}`],
])('encodes %s', (_name, encoded, hex) => expect(encoded.toString('hex')).toBe(hex));

test.each([
  [127, '047f'],
  [128, '048180'],
  [255, '0481ff'],
  [256, '04820100'],
  [70_000, '0483011170'],
])('encodes a length of %d', (count, hex) =>
  expect(
    der
      .octetString(Buffer.alloc(count))
      .subarray(0, hex.length / 2)
      .toString('hex'),
  ).toBe(hex),
);
