import { describe, expect, it } from 'vitest';
import { canonicalIpv4, ipv4Text, ipv4Value, isLoopback, isUnspecified, socketAddressText } from './ip-address.ts';
import { ipv4Range } from './ipv4-range.ts';

describe('ipv4Value', () => {
  it.each([
    ['0.0.0.0', 0],
    ['10.96.0.10', 0x0a60000a],
    ['255.255.255.255', 0xffffffff],
    ['1.2.3', undefined],
    ['1.2.3.256', undefined],
    ['01.2.3.4', undefined],
    ['1.2.3.4 ', undefined],
    ['::1', undefined],
  ])('%s is %s', (text, value) => expect(ipv4Value(text)).toBe(value));

  it('is undone by ipv4Text', () => {
    for (const text of ['0.0.0.1', '10.244.1.255', '255.255.255.255']) expect(ipv4Text(ipv4Value(text)!)).toBe(text);
  });
});

it.each([
  ['010.096.0.010', '10.96.0.10'],
  ['0.0.0.0', '0.0.0.0'],
  ['10.100.0.1', '10.100.0.1'],
  ['fd00::01.2.3.4', 'fd00::01.2.3.4'],
  ['None', 'None'],
])('canonicalIpv4 makes %s %s', (text, expected) => expect(canonicalIpv4(text)).toBe(expected));

describe('ipv4Range', () => {
  it.each([
    ['10.244.0.0/16', '10.244.255.255', true],
    ['10.244.0.0/16', '10.245.0.0', false],
    ['10.96.0.0/12', '10.111.255.255', true],
    ['10.96.0.0/12', '10.112.0.0', false],
    ['0.0.0.0/0', '255.0.0.1', true],
    ['192.0.2.1/32', '192.0.2.2', false],
    ['192.0.2.1/32', 'backend', false],
    ['010.0.00.0/08', '10.9.9.9', true],
  ])('%s contains %s: %s', (range, address, inside) => expect(ipv4Range(range).contains(address)).toBe(inside));

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/8/8', ''])('refuses %j', (text) => {
    expect(() => ipv4Range(text)).toThrow(/is no IPv4 range/);
  });
});

describe('addresses', () => {
  it('tells loopback and unspecified ones', () => {
    expect(isLoopback('127.8.8.8')).toBe(true);
    expect(isLoopback('128.0.0.1')).toBe(false);
    expect(isUnspecified('::')).toBe(true);
    expect(isUnspecified('127.0.0.1')).toBe(false);
  });
  it('writes sockets as people do', () => {
    expect(socketAddressText({ address: '10.0.0.1', port: 80 })).toBe('10.0.0.1:80');
    expect(socketAddressText({ address: 'fd00::1', port: 80 })).toBe('[fd00::1]:80');
  });
});
