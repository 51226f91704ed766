import { expect, it } from 'vitest';
import { canonicalIpv6, ipv6Groups } from './ipv6.ts';

it.each<[string, string, number[]]>([
  ['::', '::', [0, 0, 0, 0, 0, 0, 0, 0]],
  ['::1', '::1', [0, 0, 0, 0, 0, 0, 0, 1]],
  ['FD00::', 'fd00::', [0xfd00, 0, 0, 0, 0, 0, 0, 0]],
  ['2001:0DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1', [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
  ['::ffff:10.1.2.3', '::ffff:a01:203', [0, 0, 0, 0, 0, 0xffff, 0x0a01, 0x0203]],
])('%s is %s', (text, canonical, groups) => {
  expect(canonicalIpv6(text)).toBe(canonical);
  expect(ipv6Groups(text)).toEqual(groups);
});

it.each(['', '10.0.0.1', '1:2:3', 'fe80::1%eth0', '::g', '[::1]'])('%j is no IPv6 address', (text) => {
  expect(canonicalIpv6(text)).toBeUndefined();
  expect(ipv6Groups(text)).toBeUndefined();
});
