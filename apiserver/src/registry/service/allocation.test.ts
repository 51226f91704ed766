import type { Service, ServiceSpec } from '@kubarium/shared';
import { realClock, seededRandom, silentLogger } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import type { Allocation } from '../strategy.ts';
import { ServiceAllocator } from './allocation.ts';
import { serviceDefaults } from './defaults.ts';
import { fillFamilies, normalizeClusterIPs } from './ip-families.ts';

const runtime = { clock: realClock, random: seededRandom(7), logger: silentLogger };
const small = { clusterIPRange: '10.96.0.0/29', nodePortRange: { first: 30_000, last: 30_003 } };

function service(spec: ServiceSpec): Service {
  const draft = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec, status: {} } as Service;
  serviceDefaults(draft);
  normalizeClusterIPs(draft, undefined);
  fillFamilies(draft, undefined);
  return draft;
}

function taken(allocator: ServiceAllocator, spec: ServiceSpec, old?: Service): Service {
  const draft = service(spec);
  const allocation = allocator.allocate(draft, old);
  expect(allocation).not.toBeInstanceOf(Array);
  (allocation as Allocation).commit();
  return draft;
}

const web = { ports: [{ port: 80 }] };

describe('the service allocator', () => {
  it('hands out every address of the range once, then says that it is full', () => {
    const allocator = new ServiceAllocator(runtime, small);
    const ips = new Set(Array.from({ length: 6 }, () => taken(allocator, structuredClone(web)).spec.clusterIP));
    expect(ips).toEqual(new Set(['1', '2', '3', '4', '5', '6'].map((last) => `10.96.0.${last}`)));
    expect(() => allocator.allocate(service(structuredClone(web)), undefined)).toThrow(
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    );
  });

  it.each([
    ['10.96.0.5', 'provided IP is already allocated'],
    ['10.96.0.0', 'the provided network does not match the current range'],
    ['10.111.255.255', 'the provided network does not match the current range'],
    ['10.0.0.1', 'the provided network does not match the current range'],
  ])('refuses %s: %s', (ip, why) => {
    const allocator = new ServiceAllocator(runtime);
    taken(allocator, { clusterIP: '10.96.0.5', ...structuredClone(web) });
    const errors = allocator.allocate(service({ clusterIP: ip, ...structuredClone(web) }), undefined);
    expect(errors).toEqual([
      {
        reason: 'FieldValueInvalid',
        field: 'spec.clusterIPs',
        message: `Invalid value: ["${ip}"]: failed to allocate IP ${ip}: ${why}`,
      },
    ]);
  });

  it('leaves the lower band to those who ask', () => {
    const allocator = new ServiceAllocator(runtime);
    for (let i = 0; i < 300; i++) {
      const [, second, third] = taken(allocator, structuredClone(web)).spec.clusterIP!.split('.').map(Number);
      expect(second! * 256 + third!).toBeGreaterThan(96 * 256);
    }
  });

  it('gives all back when the write fails', () => {
    const allocator = new ServiceAllocator(runtime, { ...small, clusterIPRange: '10.96.0.0/30' });
    for (let i = 0; i < 10; i++) {
      (allocator.allocate(service({ type: 'NodePort', ...structuredClone(web) }), undefined) as Allocation).revert();
    }
    expect(taken(allocator, { type: 'NodePort', ...structuredClone(web) }).spec.clusterIP).toBeDefined();
  });

  it('shares one node port between the protocols of one port', () => {
    const allocator = new ServiceAllocator(runtime, small);
    const { spec } = taken(allocator, {
      type: 'NodePort',
      ports: [
        { name: 'a', port: 53 },
        { name: 'b', port: 53, protocol: 'UDP' },
      ],
    });
    expect(spec.ports![0]!.nodePort).toBe(spec.ports![1]!.nodePort);
  });

  it.each([
    [
      { ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort',
      'Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-30003',
    ],
    [
      { ports: [{ port: 80, nodePort: 30_000, protocol: 'UDP' as const }] },
      'spec.ports[0].nodePort',
      'Invalid value: 30000: provided port is already allocated',
    ],
    [
      {
        ports: [
          { name: 'a', port: 80, nodePort: 30_001 },
          { name: 'b', port: 81, nodePort: 30_001 },
        ],
      },
      'spec.ports[1].nodePort',
      'Invalid value: 30001: provided port is already allocated',
    ],
  ])('refuses the node ports of %j', (spec, field, message) => {
    const allocator = new ServiceAllocator(runtime, small);
    taken(allocator, { type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 }] });
    const draft = service({ type: 'NodePort', ...structuredClone(spec) });
    expect(allocator.allocate(draft, undefined)).toEqual([{ reason: 'FieldValueInvalid', field, message }]);
  });

  it('takes a health check port for a load balancer with local traffic, and frees what a change of type gives up', () => {
    const allocator = new ServiceAllocator(runtime, { ...small, nodePortRange: { first: 30_000, last: 30_001 } });
    const old = taken(allocator, { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ...structuredClone(web) });
    expect(new Set([old.spec.healthCheckNodePort, old.spec.ports![0]!.nodePort])).toEqual(new Set([30_000, 30_001]));
    taken(allocator, { clusterIP: old.spec.clusterIP, ...structuredClone(web) }, old);
    taken(allocator, { type: 'NodePort', ports: [{ port: 80, nodePort: 30_000 }] });
    taken(allocator, { type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }] });
  });

  it('knows after a restart what stored Services hold, and forgets what is deleted', () => {
    const stored = taken(new ServiceAllocator(runtime), { type: 'NodePort', ...structuredClone(web) });
    const allocator = new ServiceAllocator(runtime);
    allocator.restore(stored);
    const draft = service({ clusterIP: stored.spec.clusterIP, ...structuredClone(web) });
    expect(allocator.allocate(draft, undefined)).toHaveLength(1);
    allocator.release(stored);
    taken(allocator, structuredClone(stored.spec));
  });

  it('gives addresses of further ranges once the first is full, each once though they overlap, until they are withdrawn', () => {
    const allocator = new ServiceAllocator(runtime, { ...small, clusterIPRange: '10.96.0.0/30' });
    allocator.offerRange('more', ['fd00::/120', '10.97.0.0/29']);
    allocator.offerRange('same', ['10.97.0.0/29', '10.97.0.0/30']);
    const ips = Array.from({ length: 8 }, () => taken(allocator, structuredClone(web)).spec.clusterIP!);
    expect(ips.slice(0, 2).toSorted()).toEqual(['10.96.0.1', '10.96.0.2']);
    expect(ips.slice(2).toSorted()).toEqual(['1', '2', '3', '4', '5', '6'].map((last) => `10.97.0.${last}`));
    const asked = (): Service => service({ clusterIP: '10.97.0.6', ...structuredClone(web) });
    allocator.offerRange('more', []);
    expect(allocator.allocate(asked(), undefined)).toMatchObject([
      { message: expect.stringMatching(/is already allocated$/) },
    ]);
    allocator.offerRange('same', []);
    expect(allocator.allocate(asked(), undefined)).toMatchObject([
      { message: expect.stringMatching(/does not match the current range$/) },
    ]);
    allocator.offerRange('more', ['10.97.0.0/29']);
    expect(allocator.allocate(asked(), undefined)).toMatchObject([
      { message: expect.stringMatching(/is already allocated$/) },
    ]);
  });

  it('takes nothing for headless and external Services', () => {
    const allocator = new ServiceAllocator(runtime, { ...small, clusterIPRange: '10.96.0.0/30' });
    expect(taken(allocator, { clusterIP: 'None' }).spec.clusterIPs).toEqual(['None']);
    expect(taken(allocator, { type: 'ExternalName', externalName: 'a.b' }).spec.clusterIP).toBeUndefined();
  });
});
