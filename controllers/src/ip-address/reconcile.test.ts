import type { IPAddress, Service } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { addressesOf, addressOfService, isLeftOver } from './reconcile.ts';

const service = (name: string, ...clusterIPs: string[]): Service =>
  ({ metadata: { name, namespace: 'default' }, spec: { clusterIPs } }) as unknown as Service;

it.each([
  ['one of each family', service('a', '10.96.0.1', 'fd00::1'), ['10.96.0.1', 'fd00::1']],
  ['none when headless', service('a', 'None'), []],
])('a Service holds %s', (_title, given, expected) => {
  expect(addressesOf(given)).toEqual(expected);
});

describe('an IPAddress', () => {
  const made = addressOfService('10.96.0.1', service('a', '10.96.0.1')) as IPAddress;

  it('names the Service, its family and its maker', () => {
    expect(made).toMatchObject({
      metadata: {
        name: '10.96.0.1',
        labels: {
          'ipaddress.kubernetes.io/ip-family': 'IPv4',
          'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
        },
      },
      spec: { parentRef: { resource: 'services', namespace: 'default', name: 'a' } },
    });
  });

  it.each<[string, IPAddress, Service | undefined, boolean]>([
    ['stays while its Service holds it', made, service('a'), false],
    ['is left over when nobody holds it', made, undefined, true],
    ['is left over when another Service holds it', made, service('b'), true],
    ['stays where it was made by hand', { ...made, metadata: { ...made.metadata, labels: {} } }, undefined, false],
  ])('%s', (_title, address, holder, expected) => {
    expect(isLeftOver(address, holder)).toBe(expected);
  });
});
