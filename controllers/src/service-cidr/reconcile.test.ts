import type { IPAddress, ServiceCIDR } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { isStillUsed } from './reconcile.ts';

const range = (name: string, ...cidrs: string[]): ServiceCIDR =>
  ({ metadata: { name }, spec: { cidrs }, status: {} }) as unknown as ServiceCIDR;
const address = (name: string): IPAddress => ({ metadata: { name } }) as IPAddress;

describe('isStillUsed', () => {
  const own = range('own', '10.1.0.0/24', 'fd00::/64');
  it.each<[string, ServiceCIDR[], string[], boolean]>([
    ['is false without addresses', [], [], false],
    ['is false for addresses elsewhere', [], ['10.2.0.1', 'fe80::1'], false],
    ['is true for an address of no other', [range('other', '10.2.0.0/24')], ['10.1.0.9'], true],
    ['is false for an address that another range has, too', [range('whole', '10.0.0.0/8')], ['10.1.0.9'], false],
  ])('%s', (_title, others, addresses, expected) => {
    expect(isStillUsed(own, [own, ...others], addresses.map(address))).toBe(expected);
  });
});
