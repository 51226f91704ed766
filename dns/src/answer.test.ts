import { describe, expect, it } from 'vitest';
import { answerQuestion } from './answer.ts';
import { TYPE, type ResourceRecord } from './record.ts';
import { options } from './testing/index-fixture.ts';

/** A record as a line of a zone file. */
function line(record: ResourceRecord): string {
  const data = (() => {
    switch (record.type) {
      case 'A':
        return record.address;
      case 'SRV':
        return `${record.priority} ${record.weight} ${record.port} ${record.target}.`;
      case 'TXT':
        return JSON.stringify(record.text);
      case 'SOA':
        return `${record.primary}. ${record.mailbox}. ${record.serial} ${record.refresh} ${record.retry} ${record.expire} ${record.minimum}`;
      case 'CNAME':
      case 'PTR':
      case 'NS':
        return `${record.target}.`;
    }
  })();
  return `${record.name}. ${record.ttl} IN ${record.type} ${data}`;
}

const ask = (question: string) => {
  const [name = '', type = ''] = question.split(' ');
  return answerQuestion({ name, type: TYPE[type as keyof typeof TYPE] ?? Number(type), class: 1 }, options);
};
const SVC = 'default.svc.cluster.local';
const SOA = 'cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 1700000000 7200 1800 86400 5';

describe('a question that has an answer', () => {
  it.each<[string, string[]]>([
    [`backend.${SVC} A`, [`backend.${SVC}. 5 IN A 10.96.1.1`]],
    [`BackEnd.Default.SVC.cluster.LOCAL A`, ['BackEnd.Default.SVC.cluster.LOCAL. 5 IN A 10.96.1.1']],
    [`dual.${SVC} A`, [`dual.${SVC}. 5 IN A 10.96.1.2`]],
    [`_http._tcp.backend.${SVC} SRV`, [`_http._tcp.backend.${SVC}. 5 IN SRV 0 100 80 backend.${SVC}.`]],
    [`_dns._udp.backend.${SVC} SRV`, [`_dns._udp.backend.${SVC}. 5 IN SRV 0 100 53 backend.${SVC}.`]],
    [
      `backend.${SVC} SRV`,
      [`backend.${SVC}. 5 IN SRV 0 50 80 backend.${SVC}.`, `backend.${SVC}. 5 IN SRV 0 50 53 backend.${SVC}.`],
    ],
    [`db.${SVC} A`, [`db.${SVC}. 5 IN A 10.244.1.3`, `db.${SVC}. 5 IN A 10.244.2.4`]],
    [`db-0.db.${SVC} A`, [`db-0.db.${SVC}. 5 IN A 10.244.1.3`]],
    [`10-244-2-4.db.${SVC} A`, [`10-244-2-4.db.${SVC}. 5 IN A 10.244.2.4`]],
    [`10-244-1-2.backend.${SVC} A`, [`10-244-1-2.backend.${SVC}. 5 IN A 10.244.1.2`]],
    [`portless.${SVC} A`, [`portless.${SVC}. 5 IN A 10.244.2.5`]],
    [
      `_mysql._tcp.db.${SVC} SRV`,
      [
        `_mysql._tcp.db.${SVC}. 5 IN SRV 0 50 3306 db-0.db.${SVC}.`,
        `_mysql._tcp.db.${SVC}. 5 IN SRV 0 50 3306 10-244-2-4.db.${SVC}.`,
      ],
    ],
    [`site.${SVC} A`, [`site.${SVC}. 5 IN CNAME www.example.com.`]],
    [`site.${SVC} AAAA`, [`site.${SVC}. 5 IN CNAME www.example.com.`]],
    [`site.${SVC} CNAME`, [`site.${SVC}. 5 IN CNAME www.example.com.`]],
    [`alias.${SVC} A`, [`alias.${SVC}. 5 IN CNAME backend.${SVC}.`, `backend.${SVC}. 5 IN A 10.96.1.1`]],
    [
      `alias2.${SVC} A`,
      [
        `alias2.${SVC}. 5 IN CNAME alias.${SVC}.`,
        `alias.${SVC}. 5 IN CNAME backend.${SVC}.`,
        `backend.${SVC}. 5 IN A 10.96.1.1`,
      ],
    ],
    [`dangling.${SVC} A`, [`dangling.${SVC}. 5 IN CNAME nothing.${SVC}.`]],
    ['10-1-2-3.other.pod.cluster.local A', ['10-1-2-3.other.pod.cluster.local. 5 IN A 10.1.2.3']],
    ['1.1.96.10.in-addr.arpa PTR', [`1.1.96.10.in-addr.arpa. 5 IN PTR backend.${SVC}.`]],
    ['3.1.244.10.in-addr.arpa PTR', [`3.1.244.10.in-addr.arpa. 5 IN PTR db-0.db.${SVC}.`]],
    ['2.1.244.10.in-addr.arpa PTR', [`2.1.244.10.in-addr.arpa. 5 IN PTR 10-244-1-2.backend.${SVC}.`]],
    ['dns-version.cluster.local TXT', ['dns-version.cluster.local. 5 IN TXT "1.1.0"']],
    ['cluster.local SOA', [SOA]],
    ['cluster.local NS', ['cluster.local. 5 IN NS ns.dns.cluster.local.']],
    ['ns.dns.cluster.local A', ['ns.dns.cluster.local. 5 IN A 10.96.0.10']],
  ])('%s', (question, lines) => {
    const answer = ask(question);
    expect(answer.answers.map(line)).toEqual(lines);
    expect(answer).toMatchObject({ rcode: 'NOERROR', authoritative: true, authority: [] });
  });

  it('of type SRV brings the addresses of its targets along', () => {
    expect(ask(`_mysql._tcp.db.${SVC} SRV`).additional.map(line)).toEqual([
      `db-0.db.${SVC}. 5 IN A 10.244.1.3`,
      `10-244-2-4.db.${SVC}. 5 IN A 10.244.2.4`,
    ]);
    expect(ask(`_http._tcp.backend.${SVC} SRV`).additional.map(line)).toEqual([`backend.${SVC}. 5 IN A 10.96.1.1`]);
  });

  it('ends for an alias of itself', () => {
    expect(ask(`loop.${SVC} A`).answers.length).toBeLessThan(20);
  });
});

describe('a question without an answer', () => {
  it.each([
    [`backend.${SVC} AAAA`, 'NOERROR', 'Service default/backend has the cluster IP 10.96.1.1; it has no AAAA record'],
    [`backend.${SVC} TXT`, 'NOERROR', 'it has no TXT record'],
    [`backend.${SVC} 99`, 'NOERROR', 'it has no TYPE99 record'],
    [`backend.${SVC} ANY`, 'NOERROR', 'it has no ANY record'],
    [`db.${SVC} AAAA`, 'NOERROR', 'it has no AAAA record'],
    ['default.svc.cluster.local A', 'NOERROR', 'namespace default only holds other names'],
    ['svc.cluster.local A', 'NOERROR', 'only holds other names'],
    ['cluster.local A', 'NOERROR', 'cluster.local is the cluster domain'],
    ['10-1-2-3.other.pod.cluster.local AAAA', 'NOERROR', 'it has no AAAA record'],
    [`backned.${SVC} A`, 'NXDOMAIN', 'there is no Service backned in namespace default'],
    ['backend.other.svc.cluster.local A', 'NXDOMAIN', 'there is no Service backend in namespace other'],
    ['backend.nowhere.svc.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    ['nowhere.svc.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    [`_https._tcp.backend.${SVC} SRV`, 'NXDOMAIN', 'Service default/backend has no such port'],
    [`_http._udp.backend.${SVC} SRV`, 'NXDOMAIN', 'no such port'],
    [`_http._tcp.db.${SVC} SRV`, 'NXDOMAIN', 'Service default/db has no port http of protocol tcp'],
    [`db-1.db.${SVC} A`, 'NXDOMAIN', 'Service default/db has no ready endpoint db-1'],
    [`empty.${SVC} A`, 'NXDOMAIN', 'Service default/empty is headless and has no ready endpoint'],
    [`a.b.c.backend.${SVC} A`, 'NXDOMAIN', 'is no name of the Kubernetes DNS schema'],
    [`x.site.${SVC} A`, 'NXDOMAIN', 'Service default/site is of type ExternalName; it has no endpoints'],
    ['backend.cluster.local A', 'NXDOMAIN', 'is no name of the Kubernetes DNS schema'],
    ['10-1-2.other.pod.cluster.local A', 'NXDOMAIN', 'does not begin with an address such as 10-244-1-2'],
    ['10-1-2-3.nowhere.pod.cluster.local A', 'NXDOMAIN', 'there is no namespace nowhere'],
    ['9.9.96.10.in-addr.arpa PTR', 'NXDOMAIN', 'no Service and no endpoint has the address 10.96.9.9'],
  ])('%s is %s: %s', (question, rcode, reason) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ rcode, authoritative: true, answers: [] });
    expect(answer.authority.map((record) => record.type)).toEqual(['SOA']);
    expect(answer.reason).toContain(reason);
  });

  it.each([
    ['www.example.com A', 'www.example.com is outside the cluster domain cluster.local'],
    ['xcluster.local A', 'outside the cluster domain'],
    [' A', 'the root is outside'],
    ['cluster.local AXFR', 'zone transfers are not served'],
  ])('%j is refused: %s', (question, reason) => {
    const answer = ask(question);
    expect(answer).toMatchObject({ rcode: 'REFUSED', authoritative: false, authority: [] });
    expect(answer.reason).toContain(reason);
  });

  it('of another class than IN is refused', () => {
    expect(answerQuestion({ name: 'version.bind', type: TYPE.TXT, class: 3 }, options).rcode).toBe('REFUSED');
  });
});
