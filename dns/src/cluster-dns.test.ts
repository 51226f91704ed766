import packet from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { dnsOf, namespace, service, slice, unreadDnsOf } from './testing/dns-of.ts';

const db = (ready: boolean) =>
  slice('db', {
    ports: [{ name: 'mysql', port: 3306 }],
    endpoints: [{ addresses: ['10.244.1.3'], hostname: 'db-0', conditions: { ready } }],
  });
const web = service('web', { clusterIP: '10.96.1.1', clusterIPs: ['10.96.1.1'], ports: [{ port: 80 }] });
const world = {
  namespaces: [namespace('default')],
  services: [service('db', { clusterIP: 'None', ports: [{ name: 'mysql', port: 3306 }] }), web],
  endpointslices: [db(true)],
};

async function fixture() {
  const made = await dnsOf(world);
  closing.push(made);
  return made;
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
    send('endpointslices', 'MODIFIED', db(false));
    expect(ask('db.default.svc.cluster.local')).toBe('NXDOMAIN');
    expect(ask('3.1.244.10.in-addr.arpa', 12)).toBe('NXDOMAIN');
    send('services', 'DELETED', web);
    expect(ask('web.default.svc.cluster.local')).toBe('NXDOMAIN');
    expect(ask('1.1.96.10.in-addr.arpa', 12)).toBe('NXDOMAIN');
  });

  it('fails until it has read the Services, since a missing name is no news before', async () => {
    const { dns, sync } = await unreadDnsOf(world);
    const ask = () => dns.answer({ name: 'web.default.svc.cluster.local', type: 1, class: 1 }).rcode;
    expect(ask()).toBe('SERVFAIL');
    await sync();
    expect(ask()).toBe('NOERROR');
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
