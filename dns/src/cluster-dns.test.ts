import {
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  VirtualClock,
  type ApiObject,
} from '@kubarium/shared';
import { ScriptedTransport, turns } from '@kubarium/shared/testing';
import packet from 'dns-packet';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterDns } from './cluster-dns.ts';
import { HostDnsListener } from './host-dns-listener.ts';

const object = (kind: string, name: string, resourceVersion: string, rest: object = {}): ApiObject =>
  ({ apiVersion: 'v1', kind, metadata: { namespace: 'default', name, uid: name, resourceVersion }, ...rest }) as never;

const slice = (resourceVersion: string, ready: boolean): ApiObject => ({
  ...object('EndpointSlice', 'db-1', resourceVersion, {
    addressType: 'IPv4',
    ports: [{ name: 'mysql', port: 3306 }],
    endpoints: [{ addresses: ['10.244.1.3'], hostname: 'db-0', conditions: { ready } }],
  }),
  metadata: {
    namespace: 'default',
    name: 'db-1',
    uid: 's',
    resourceVersion,
    labels: { 'kubernetes.io/service-name': 'db' },
  } as never,
});

async function fixture() {
  const transport = new ScriptedTransport();
  const runtime = { clock: new VirtualClock(1_700_000_000_000), random: seededRandom(1), logger: silentLogger };
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const dns = new ClusterDns({ informers, runtime });
  const world: Record<string, ApiObject[]> = {
    namespaces: [
      {
        ...object('Namespace', 'default', '1'),
        metadata: { name: 'default', uid: 'n', resourceVersion: '1' } as never,
      },
    ],
    services: [
      object('Service', 'db', '2', { spec: { clusterIP: 'None', ports: [{ name: 'mysql', port: 3306 }] } }),
      object('Service', 'web', '3', {
        spec: { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'], ports: [{ port: 80 }] },
      }),
    ],
    endpointslices: [slice('4', true)],
  };
  const before = dns.answer({ name: 'web.default.svc.cluster.local', type: 1, class: 1 }).rcode;
  const started = dns.start();
  await turns();
  for (const watch of transport.watches) {
    for (const one of world[watch.resource.resource]!) watch.send('ADDED', one);
    watch.send('BOOKMARK', {
      metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
    } as never);
  }
  await started;
  closing.push(informers);
  const send = (resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', changed: ApiObject): void =>
    transport.watches.find((watch) => watch.resource.resource === resource)!.send(type, changed);
  return { dns, runtime, send, before };
}

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

const query = (name: string, type = 'A', more: object = {}): Buffer =>
  packet.encode({ type: 'query', id: 1, questions: [{ name, type: type as 'A' }], ...more });

describe('ClusterDns', () => {
  it('follows Services and EndpointSlices', async () => {
    const { dns, send } = await fixture();
    const ask = (name: string, type = 1): unknown => {
      const { rcode, answers } = dns.answer({ name, type, class: 1 });
      return rcode === 'NOERROR'
        ? answers.map((one) => ('address' in one ? one.address : 'target' in one ? one.target : one.type))
        : rcode;
    };
    expect(ask('db.default.svc.cluster.local')).toEqual(['10.244.1.3']);
    expect(ask('3.1.244.10.in-addr.arpa', 12)).toEqual(['db-0.db.default.svc.cluster.local']);
    expect(ask('1.1.96.10.in-addr.arpa', 12)).toEqual(['web.default.svc.cluster.local']);
    send('endpointslices', 'MODIFIED', slice('20', false));
    expect(ask('db.default.svc.cluster.local')).toBe('NXDOMAIN');
    expect(ask('3.1.244.10.in-addr.arpa', 12)).toBe('NXDOMAIN');
    send('services', 'DELETED', object('Service', 'web', '21', { spec: { clusterIP: '10.96.1.1' } }));
    expect(ask('web.default.svc.cluster.local')).toBe('NXDOMAIN');
    expect(ask('1.1.96.10.in-addr.arpa', 12)).toBe('NXDOMAIN');
  });

  it('fails until it has read the Services, since a missing name is no news before', async () => {
    expect((await fixture()).before).toBe('SERVFAIL');
  });

  it.each([
    ['another opcode', { flags: 2 << 11 }, 'NOTIMP'],
    [
      'another version of EDNS',
      { additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, ednsVersion: 1, options: [] }] },
      'NOERROR',
    ],
  ])('declines %s', async (_, more, rcode) => {
    const { dns } = await fixture();
    const response = packet.decode(
      dns.answerMessage(query('web.default.svc.cluster.local', 'A', more), 'udp') as Buffer,
    );
    // BADVERS is 16: 0 in the header, 1 in the OPT record.
    expect(response).toMatchObject({
      rcode,
      answers: [],
      additionals: rcode === 'NOERROR' ? [{ extendedRcode: 1 }] : [],
    });
  });
});

describe('HostDnsListener', () => {
  it('answers on real UDP and TCP sockets, several questions in one connection', async () => {
    const { dns, runtime } = await fixture();
    const listener = new HostDnsListener({ answer: dns.answerMessage, runtime, port: 0 });
    closing.push(listener);
    await listener.start();
    const udp = createSocket('udp4');
    const reply = new Promise<Buffer>((resolve) => udp.once('message', resolve));
    udp.send(query('web.default.svc.cluster.local'), listener.port, '127.0.0.1');
    expect(packet.decode(await reply).answers).toMatchObject([{ data: '10.96.1.1' }]);
    udp.close();

    const tcp = connect(listener.port, '127.0.0.1');
    const framed = (message: Buffer): Buffer =>
      Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);
    const both = Buffer.concat([
      framed(query('web.default.svc.cluster.local')),
      framed(query('db.default.svc.cluster.local')),
    ]);
    tcp.write(both.subarray(0, 30));
    tcp.end(both.subarray(30));
    let received = Buffer.alloc(0);
    for await (const chunk of tcp) received = Buffer.concat([received, chunk as Buffer]);
    const first = received.readUInt16BE(0);
    expect(packet.decode(received.subarray(2, 2 + first)).answers).toMatchObject([{ data: '10.96.1.1' }]);
    expect(packet.decode(received.subarray(4 + first)).answers).toMatchObject([{ data: '10.244.1.3' }]);
  });

  it('says which error the system has for a taken port', async () => {
    const { dns, runtime } = await fixture();
    const first = new HostDnsListener({ answer: dns.answerMessage, runtime, port: 0 });
    closing.push(first);
    await first.start();
    const second = new HostDnsListener({ answer: dns.answerMessage, runtime, port: first.port });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
