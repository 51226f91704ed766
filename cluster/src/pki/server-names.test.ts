import { hostname, networkInterfaces } from 'node:os';
import { describe, expect, it, test } from 'vitest';
import { serverNames, serverUrl } from './server-names.ts';

const EVERYWHERE = ['127.0.0.1', '::1', '10.96.0.1', '172.18.0.2'];

describe('serverNames', () => {
  it('has the address that the server listens at, besides those that always lead to it', () => {
    const { names, addresses } = serverNames('192.0.2.7');
    expect(new Set(addresses)).toEqual(new Set([...EVERYWHERE, '192.0.2.7']));
    expect(names).toEqual(expect.arrayContaining(['localhost', 'kubernetes.default.svc']));
    expect(names).not.toContain(hostname());
  });

  it.each(['0.0.0.0', '::'])('has every name and address of the machine in place of %s', (every) => {
    const { names, addresses } = serverNames(every);
    const machine = Object.values(networkInterfaces()).flatMap((some) => some!.map(({ address }) => address));
    expect(names).toContain(hostname());
    expect(new Set(addresses)).toEqual(new Set([...EVERYWHERE, ...machine.filter((one) => !one.startsWith('fe80:'))]));
  });
});

test.each([
  ['127.0.0.1', 'https://127.0.0.1:6443'],
  ['192.0.2.7', 'https://192.0.2.7:6443'],
  ['::1', 'https://[::1]:6443'],
  ['0.0.0.0', 'https://127.0.0.1:6443'],
  ['::', 'https://127.0.0.1:6443'],
])('a server that listens at %s is called by %s', (address, url) => {
  expect(serverUrl(address, 6443)).toBe(url);
});
