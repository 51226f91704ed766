import type { Endpoints, Pod, Service } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { describe, expect, it } from 'vitest';
import { wantedEndpoints } from './reconcile.ts';

const service = {
  metadata: { name: 'web', namespace: 'default', labels: { a: 'b' } },
  spec: { clusterIP: '10.96.0.5', selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
} as unknown as Service;

const pod = (name: string, ip: string, ready = true, port = 8080): Pod =>
  makePod({
    metadata: { name, uid: name },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: port }] }] },
    status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  });

describe('wantedEndpoints', () => {
  it('groups addresses by ports, sorted, ready apart from not ready', () => {
    const pods = [
      pod('b', '10.0.0.2'),
      pod('a', '10.0.0.1'),
      pod('c', '10.0.0.3', false),
      pod('d', '10.0.0.4', true, 9090),
    ];
    const wanted = wantedEndpoints(service, pods, undefined, '2026-01-01T00:00:00Z')!;
    expect(wanted.metadata).toEqual({
      namespace: 'default',
      name: 'web',
      labels: { a: 'b', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:00Z' },
    });
    const ips = (addresses: readonly { ip: string }[] = []) => addresses.map(({ ip }) => ip);
    expect(wanted.subsets!.map((each) => [each.ports, ips(each.addresses), ips(each.notReadyAddresses)])).toEqual([
      [[{ name: 'http', port: 8080, protocol: 'TCP' }], ['10.0.0.1', '10.0.0.2'], ['10.0.0.3']],
      [[{ name: 'http', port: 9090, protocol: 'TCP' }], ['10.0.0.4'], []],
    ]);
    expect(wanted.subsets![0]!.addresses![0]).toEqual({
      ip: '10.0.0.1',
      nodeName: 'n1',
      targetRef: { kind: 'Pod', namespace: 'default', name: 'a', uid: 'a' },
    });
  });

  // As the real controller did it with these three pods.
  it('lists a pod under each port that it shares with others', () => {
    const ports = [
      { name: 'web', port: 80, targetPort: 'http' },
      { name: 'adm', port: 90, targetPort: 'admin' },
    ];
    const two = { ...service, spec: { ...service.spec, ports } } as unknown as Service;
    const with2 = (one: Pod): Pod => {
      const [container] = one.spec.containers;
      const admin = { name: 'admin', containerPort: 9000 };
      return { ...one, spec: { ...one.spec, containers: [{ ...container!, ports: [...container!.ports!, admin] }] } };
    };
    const pods = [
      with2(pod('p1', '10.0.0.1', true, 80)),
      pod('p2', '10.0.0.2', true, 80),
      with2(pod('p3', '10.0.0.3', false)),
    ];
    const ips = (addresses: readonly { ip: string }[] = []) => addresses.map(({ ip }) => ip);
    const wanted = wantedEndpoints(two, pods, undefined, undefined)!.subsets!;
    expect(
      wanted.map((each) => [each.ports!.map(({ port }) => port), ips(each.addresses), ips(each.notReadyAddresses)]),
    ).toEqual([
      [[9000], ['10.0.0.1'], ['10.0.0.3']],
      [[80], ['10.0.0.1', '10.0.0.2'], []],
      [[8080], [], ['10.0.0.3']],
    ]);
  });

  it('asks for no write where nothing differs', () => {
    const pods = [pod('a', '10.0.0.1')];
    const current = wantedEndpoints(service, pods, undefined, 'x') as Endpoints;
    expect(wantedEndpoints(service, pods, current, undefined)).toBeUndefined();
    expect(wantedEndpoints(service, [], current, undefined)).toMatchObject({ subsets: [] });
  });

  it('keeps 1,000 addresses, ready ones first, and says that it left some out', () => {
    const pods = Array.from({ length: 1100 }, (_, i) => pod(`p${i}`, `10.0.${i >> 8}.${i & 255}`, i >= 200));
    const { metadata, subsets } = wantedEndpoints(service, pods, undefined, undefined)!;
    expect([subsets![0]!.addresses!.length, subsets![0]!.notReadyAddresses!.length]).toEqual([900, 100]);
    expect(metadata.annotations).toEqual({ 'endpoints.kubernetes.io/over-capacity': 'truncated' });
  });

  it('leaves dying pods out, and a pod that lacks the named port', () => {
    const dying = makePod({ ...pod('a', '10.0.0.1'), metadata: { deletionTimestamp: 'x' } });
    const portless = makePod({ status: { phase: 'Running', podIP: '10.0.0.9' } });
    expect(wantedEndpoints(service, [dying, portless], undefined, undefined)!.subsets).toEqual([]);
  });
});
