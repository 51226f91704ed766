import { describe, expect, it } from 'vitest';
import type { Question } from './answer.ts';
import { TYPE, type Answer } from './record.ts';
import { dnsOf } from './testing/dns-of.ts';
import { world } from './testing/world.ts';
import { askZoneFile } from './testing/zone-file.ts';

// What CoreDNS has beyond the specification, and the reasons; specification.test.ts has the rest.

const { dns } = await dnsOf(world);

const asked = (question: string): Answer => {
  const [name = '', type = ''] = question.split(' ');
  return dns.answer({ name, type: TYPE[type as keyof typeof TYPE] ?? Number(type), class: 1 });
};
const SVC = 'default.svc.cluster.local';
const SOA = '30 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 30';

describe('a question that has an answer', () => {
  it.each<[string, string[]]>([
    [
      `backend.${SVC} SRV`,
      [`backend.${SVC}. 30 IN SRV 0 50 53 backend.${SVC}.`, `backend.${SVC}. 30 IN SRV 0 50 80 backend.${SVC}.`],
    ],
    [`http.tcp.backend.${SVC} SRV`, [`http.tcp.backend.${SVC}. 30 IN SRV 0 100 80 backend.${SVC}.`]],
    [`_http._tcp.backend.${SVC} A`, [`_http._tcp.backend.${SVC}. 30 IN A 10.96.1.1`]],
    [`10-244-1-2.backend.${SVC} A`, [`10-244-1-2.backend.${SVC}. 30 IN A 10.244.1.2`]],
    [`portless.${SVC} A`, [`portless.${SVC}. 30 IN A 10.244.2.5`]],
    [`_http._tcp.numberless.${SVC} A`, [`_http._tcp.numberless.${SVC}. 30 IN A 10.244.2.6`]],
    [`fd00--0.six.${SVC} AAAA`, [`fd00--0.six.${SVC}. 30 IN AAAA fd00::`]],
    [`site.${SVC} CNAME`, [`site.${SVC}. 30 IN CNAME www.example.com.`]],
    [
      `alias2.${SVC} A`,
      [
        `alias.${SVC}. 30 IN CNAME backend.${SVC}.`,
        `alias2.${SVC}. 30 IN CNAME alias.${SVC}.`,
        `backend.${SVC}. 30 IN A 10.96.1.1`,
      ],
    ],
    [`alias2.${SVC} CNAME`, [`alias2.${SVC}. 30 IN CNAME alias.${SVC}.`]],
    [`alias-out.${SVC} A`, [`alias-out.${SVC}. 30 IN CNAME site.${SVC}.`, `site.${SVC}. 30 IN CNAME www.example.com.`]],
    ['10-1-2-3.other.pod.cluster.local A', ['10-1-2-3.other.pod.cluster.local. 30 IN A 10.1.2.3']],
    ['fd00--1.other.pod.cluster.local AAAA', ['fd00--1.other.pod.cluster.local. 30 IN AAAA fd00::1']],
    ['2.1.244.10.in-addr.arpa PTR', [`2.1.244.10.in-addr.arpa. 30 IN PTR 10-244-1-2.backend.${SVC}.`]],
    ['cluster.local SOA', [`cluster.local. ${SOA}`]],
    ['cluster.local NS', ['cluster.local. 30 IN NS kube-dns.kube-system.svc.cluster.local.']],
    ['ns.dns.cluster.local A', ['ns.dns.cluster.local. 30 IN A 10.96.0.10']],
  ])('%s', (question, lines) => {
    expect(askZoneFile(dns, question)).toMatchObject({ rcode: 'NOERROR', flags: 'aa', answer: lines, authority: [] });
  });

  it('of type NS brings the address of the name server along', () => {
    expect(askZoneFile(dns, 'cluster.local NS').additional).toEqual([
      'kube-dns.kube-system.svc.cluster.local. 30 IN A 10.96.0.10',
    ]);
  });

  it('tells the name outside the cluster that an alias leads to', () => {
    expect(asked(`alias-out.${SVC} A`).leadsTo).toBe('www.example.com');
  });
});

describe('a question without an answer', () => {
  it.each([
    [`backend.${SVC} AAAA`, 'NOERROR', 'Service default/backend has the cluster IP 10.96.1.1; it has no AAAA record'],
    [`backend.${SVC} TXT`, 'NOERROR', 'it has no TXT record'],
    [`backend.${SVC} 99`, 'NOERROR', 'it has no TYPE99 record'],
    [`backend.${SVC} ANY`, 'NOERROR', 'it has no ANY record'],
    [`db.${SVC} AAAA`, 'NOERROR', 'it has no AAAA record'],
    [`six.${SVC} A`, 'NOERROR', 'it has no A record'],
    [`portless.${SVC} SRV`, 'NOERROR', 'it has no SRV record'],
    [`_http._tcp.numberless.${SVC} SRV`, 'NOERROR', 'it has no SRV record'],
    [`site.${SVC} TXT`, 'NOERROR', 'Service default/site is the external name www.example.com; it has no TXT record'],
    [
      `alias.${SVC} AAAA`,
      'NOERROR',
      `Service default/alias is the external name backend.${SVC}; Service default/backend has the cluster IP 10.96.1.1; it has no AAAA record`,
    ],
    [
      `dangling.${SVC} A`,
      'NOERROR',
      `the external name nothing.${SVC}; there is no Service nothing in namespace default`,
    ],
    [`loop.${SVC} A`, 'NOERROR', 'more than 10 external names are not followed'],
    ['default.svc.cluster.local A', 'NOERROR', 'namespace default only holds other names'],
    ['svc.cluster.local A', 'NOERROR', 'only holds other names'],
    ['cluster.local A', 'NOERROR', 'cluster.local is the cluster domain'],
    ['in-addr.arpa PTR', 'NOERROR', 'in-addr.arpa holds the names of addresses'],
    ['10-1-2-3.other.pod.cluster.local AAAA', 'NOERROR', 'it has no AAAA record'],
    [`backned.${SVC} A`, 'NXDOMAIN', 'there is no Service backned in namespace default'],
    ['backend.other.svc.cluster.local A', 'NXDOMAIN', 'there is no Service backend in namespace other'],
    ['backend.nowhere.svc.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    ['nowhere.svc.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    [`_https._tcp.backend.${SVC} SRV`, 'NXDOMAIN', 'Service default/backend has no such port'],
    [`_http._tcp.db.${SVC} SRV`, 'NXDOMAIN', 'Service default/db has no port http of protocol tcp'],
    [`db-1.db.${SVC} A`, 'NXDOMAIN', 'Service default/db has no ready endpoint db-1'],
    [`empty.${SVC} A`, 'NXDOMAIN', 'Service default/empty is headless and has no ready endpoint'],
    [`address.${SVC} A`, 'NXDOMAIN', 'the external name of Service default/address is an address, 192.0.2.1'],
    [`a.b.c.backend.${SVC} A`, 'NXDOMAIN', 'is no name of the Kubernetes DNS schema'],
    [`x.site.${SVC} A`, 'NXDOMAIN', 'Service default/site is of type ExternalName; it has no endpoints'],
    ['backend.cluster.local A', 'NXDOMAIN', 'is no name of the Kubernetes DNS schema'],
    ['10-1-2.other.pod.cluster.local A', 'NXDOMAIN', 'does not begin with an address such as 10-244-1-2'],
    ['10-1-2-3.nowhere.pod.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    ['9.9.96.10.in-addr.arpa PTR', 'NXDOMAIN', 'no Service and no endpoint has the address 10.96.9.9'],
    ['96.10.in-addr.arpa PTR', 'NXDOMAIN', '96.10.in-addr.arpa is no address'],
    ['1.0.ip6.arpa PTR', 'NXDOMAIN', '1.0.ip6.arpa is no address'],
  ])('%s is %s: %s', (question, rcode, reason) => {
    expect(askZoneFile(dns, question)).toMatchObject({ rcode, flags: 'aa', answer: [], additional: [] });
    const answer = asked(question);
    expect(answer.authority.map((record) => record.type)).toEqual(['SOA']);
    expect(answer.reason).toContain(reason);
  });

  it('tells the authority of its zone, in the case of the question', () => {
    expect(askZoneFile(dns, 'Nobody.Default.SVC.Cluster.LOCAL A').authority).toEqual([
      'Cluster.LOCAL. 30 IN SOA ns.dns.Cluster.LOCAL. hostmaster.Cluster.LOCAL. 1700000000 7200 1800 86400 30',
    ]);
    expect(askZoneFile(dns, '9.9.96.10.in-addr.arpa PTR').authority).toEqual([
      'in-addr.arpa. 30 IN SOA ns.dns.in-addr.arpa. hostmaster.in-addr.arpa. 1700000000 7200 1800 86400 30',
    ]);
  });

  it.each([
    [
      'www.example.com A',
      'www.example.com is outside the cluster domain cluster.local; no other server is asked (--dns-upstream names one)',
    ],
    ['xcluster.local A', 'outside the cluster domain'],
    [' A', 'the root is outside'],
    ['cluster.local AXFR', 'zone transfers are not served'],
  ])('%j is refused: %s', (question, reason) => {
    const answer = asked(question);
    expect(answer).toMatchObject({ rcode: 'REFUSED', authoritative: false, authority: [] });
    expect(answer.reason).toContain(reason);
  });

  it('of another class than IN is refused', () => {
    const chaos: Question = { name: 'version.bind', type: TYPE.TXT, class: 3 };
    expect(dns.answer(chaos).rcode).toBe('REFUSED');
  });
});
