import type { EndpointSlice, Service } from '@kubarium/shared';
import { expect, test } from 'vitest';
import { RoutingTable } from './routing-table.ts';

const service = {
  metadata: { namespace: 'shop', name: 'web' },
  spec: { type: 'ClusterIP', clusterIP: '10.96.0.2', ports: [{ port: 80, protocol: 'TCP' }] },
  status: {},
} as Service;

const slice = (name: string, zone: string): EndpointSlice =>
  ({
    metadata: { namespace: 'shop', name, labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.1.2'], conditions: { ready: true }, hints: { forZones: [{ name: zone }] } }],
    ports: [{ port: 8080, protocol: 'TCP' }],
  }) as unknown as EndpointSlice;

test.each([
  ['first', ['a', 'b']],
  ['last', ['b', 'a']],
])('takes an endpoint of two slices from the one whose name comes first, when that comes %s', (_, order) => {
  const slices = { a: slice('a', 'zone-1'), b: slice('b', 'zone-2') };
  const table = new RoutingTable();
  table.applyServices([{ key: 'shop/web', previous: undefined, current: service }]);
  for (const name of order) {
    table.applySlices([{ key: `shop/${name}`, previous: undefined, current: slices[name as 'a' | 'b'] }]);
  }
  expect(table.clusterRoute('TCP', '10.96.0.2', 80)?.endpoints).toMatchObject([{ zoneHints: ['zone-1'] }]);
});
