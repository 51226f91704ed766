import type { Endpoints, EndpointSlice, EndpointSubset } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { mirrorPlan } from './reconcile.ts';

const makeEndpoints = (subsets: EndpointSubset[], metadata: object = {}): Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'db', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '', ...metadata },
  subsets,
});
const subset: EndpointSubset = { addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'sql', port: 80, protocol: 'TCP' }] };

/** What the API server would store of a plan. */
const stored = (endpoints: Endpoints): EndpointSlice[] =>
  mirrorPlan(endpoints, []).create.map(
    (draft) => ({ ...draft, metadata: { ...draft.metadata, name: 'db-1' } }) as EndpointSlice,
  );

describe('mirrorPlan', () => {
  it('makes a slice that names the Service, its maker and its owner', () => {
    const { create } = mirrorPlan(
      makeEndpoints([subset], {
        labels: { a: 'b' },
        annotations: { c: 'd', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      }),
      [],
    );
    expect(create).toMatchObject([
      {
        metadata: {
          generateName: 'db-',
          namespace: 'default',
          labels: {
            a: 'b',
            'kubernetes.io/service-name': 'db',
            'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
          },
          annotations: { c: 'd' },
          ownerReferences: [{ kind: 'Endpoints', name: 'db', controller: true }],
        },
        addressType: 'IPv4',
        ports: [{ name: 'sql', port: 80, protocol: 'TCP' }],
        endpoints: [{ addresses: ['10.1.2.3'], conditions: { ready: true } }],
      },
    ]);
  });

  it('parts families and sets of ports, and marks what is not ready', () => {
    const other = { notReadyAddresses: [{ ip: '10.1.2.4', hostname: 'h', nodeName: 'n' }], ports: [{ port: 81 }] };
    const { create } = mirrorPlan(
      makeEndpoints([{ ...subset, addresses: [{ ip: '10.1.2.3' }, { ip: 'fd00::1' }] }, other as EndpointSubset]),
      [],
    );
    expect(create.map(({ addressType, ports, endpoints }) => [addressType, ports?.[0]?.port, endpoints])).toEqual([
      ['IPv4', 80, [{ addresses: ['10.1.2.3'], conditions: { ready: true } }]],
      ['IPv6', 80, [{ addresses: ['fd00::1'], conditions: { ready: true } }]],
      ['IPv4', 81, [{ addresses: ['10.1.2.4'], conditions: { ready: false }, hostname: 'h', nodeName: 'n' }]],
    ]);
  });

  it('writes addresses without leading zeros', () => {
    const { create, invalid } = mirrorPlan(makeEndpoints([{ ...subset, addresses: [{ ip: '010.1.002.3' }] }]), []);
    expect([create[0]?.endpoints?.[0]?.addresses, invalid]).toEqual([['10.1.2.3'], 0]);
  });

  it('writes nothing where nothing changed', () => {
    const endpoints = makeEndpoints([subset]);
    expect(mirrorPlan(endpoints, stored(endpoints))).toMatchObject({ create: [], update: [], remove: [] });
  });

  it('updates the slice of the same ports and removes those of others', () => {
    const slices = stored(makeEndpoints([subset, { ...subset, ports: [{ port: 81, protocol: 'TCP' }] }]));
    const plan = mirrorPlan(makeEndpoints([{ ...subset, addresses: [{ ip: '10.2.3.4' }] }]), slices);
    expect(plan.create).toEqual([]);
    expect(plan.update.map(({ endpoints }) => endpoints?.[0]?.addresses)).toEqual([['10.2.3.4']]);
    expect(plan.remove).toEqual([slices[1]]);
  });

  it('counts what cannot be mirrored', () => {
    const addresses = Array.from({ length: 1001 }, (_, index) => ({ ip: `10.1.${index >> 8}.${index & 255}` }));
    const { invalid, surplus } = mirrorPlan(makeEndpoints([{ ...subset, addresses: [{ ip: 'x' }, ...addresses] }]), []);
    expect([invalid, surplus]).toEqual([1, 1]);
  });
});
