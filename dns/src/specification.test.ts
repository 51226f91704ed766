import { describe, expect, it } from 'vitest';
import { dnsOf, namespace, service, slice } from './testing/dns-of.ts';
import { askZoneFile } from './testing/zone-file.ts';

// The Kubernetes DNS specification, version 1.1.0, section by section: github.com/kubernetes/dns, docs/specification.md. The names and
// addresses are those of its examples. TTLs, priorities and weights are not prescribed; they are CoreDNS's.

const HTTPS = { name: 'https', port: 443 };
const world = {
  namespaces: [namespace('default')],
  services: [
    service('kubernetes', { clusterIPs: ['10.3.0.1'], ports: [HTTPS, { name: 'dns', port: 53, protocol: 'UDP' }] }),
    service('six', { clusterIPs: ['2001:db8::1'], ports: [HTTPS] }),
    service('dual', { clusterIPs: ['10.3.0.2', '2001:db8::2'], ports: [HTTPS] }),
    service('unnamed', { clusterIPs: ['10.3.0.3'], ports: [{ port: 80 }] }),
    service('headless', { clusterIPs: ['None'], ports: [HTTPS, { name: 'metrics', port: 9090 }] }),
    service('headless-unnamed', { clusterIPs: ['None'], ports: [{ port: 80 }] }),
    service('unready', { clusterIPs: ['None'], ports: [HTTPS] }),
    service('foo', { type: 'ExternalName', externalName: 'www.example.com' }),
    service('foo-kubernetes', { type: 'ExternalName', externalName: 'kubernetes.default.svc.cluster.local' }),
  ],
  endpointslices: [
    slice('headless', {
      ports: [HTTPS, { name: 'metrics', port: 9090 }],
      endpoints: [
        { addresses: ['10.3.0.10'] },
        { addresses: ['10.3.0.100'], hostname: 'my-pet', conditions: { ready: true } },
        { addresses: ['10.3.0.101'], hostname: 'my-pet', conditions: { ready: true } },
        { addresses: ['10.3.0.102'], hostname: 'sick-pet', conditions: { ready: false } },
      ],
    }),
    slice(
      'headless',
      {
        addressType: 'IPv6',
        ports: [HTTPS],
        endpoints: [{ addresses: ['2001:0db8::10'] }, { addresses: ['2001:db8::100'], hostname: 'my-pet' }],
      },
      { name: 'headless-2' },
    ),
    slice('headless-unnamed', { ports: [{ name: '', port: 80 }], endpoints: [{ addresses: ['10.3.0.20'] }] }),
    slice('unready', { ports: [HTTPS], endpoints: [{ addresses: ['10.3.0.30'], conditions: { ready: false } }] }),
    slice('unready', { addressType: 'IPv6', endpoints: [] }, { name: 'unready-2' }),
  ],
};
const { dns } = await dnsOf(world);

const NO_SUCH_NAME = 'NXDOMAIN';
const NO_SUCH_RECORD = 'NODATA';

/** Each question with the records of its answer, or why there are none. */
function expectAnswers(table: Readonly<Record<string, readonly string[] | string>>): void {
  it.each(Object.entries(table))('%s', (question, expected) => {
    const { rcode, answer, flags } = askZoneFile(dns, question);
    const seen = rcode !== 'NOERROR' ? rcode : answer.length === 0 ? NO_SUCH_RECORD : answer;
    expect({ seen, flags }).toEqual({ seen: expected, flags: 'aa' });
  });
}

describe('2.1 comparisons are case-insensitive', () => {
  expectAnswers({
    'KUBERNETES.Default.sVc.CLUSTER.local A': ['KUBERNETES.Default.sVc.CLUSTER.local. 30 IN A 10.3.0.1'],
    'MY-PET.headless.default.svc.cluster.local A': [
      'MY-PET.headless.default.svc.cluster.local. 30 IN A 10.3.0.100',
      'MY-PET.headless.default.svc.cluster.local. 30 IN A 10.3.0.101',
    ],
    '_HTTPS._TCP.kubernetes.default.svc.cluster.local SRV': [
      '_HTTPS._TCP.kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.',
    ],
  });
});

describe('2.2 the schema version', () => {
  expectAnswers({ 'dns-version.cluster.local TXT': ['dns-version.cluster.local. 30 IN TXT "1.1.0"'] });
});

describe('2.3.1 A and AAAA of a Service with a cluster IP', () => {
  expectAnswers({
    'kubernetes.default.svc.cluster.local A': ['kubernetes.default.svc.cluster.local. 30 IN A 10.3.0.1'],
    'kubernetes.default.svc.cluster.local AAAA': NO_SUCH_RECORD,
    'six.default.svc.cluster.local AAAA': ['six.default.svc.cluster.local. 30 IN AAAA 2001:db8::1'],
    'six.default.svc.cluster.local A': NO_SUCH_RECORD,
    'dual.default.svc.cluster.local A': ['dual.default.svc.cluster.local. 30 IN A 10.3.0.2'],
    'dual.default.svc.cluster.local AAAA': ['dual.default.svc.cluster.local. 30 IN AAAA 2001:db8::2'],
  });
});

describe('2.3.2 SRV of a Service with a cluster IP', () => {
  expectAnswers({
    '_https._tcp.kubernetes.default.svc.cluster.local SRV': [
      '_https._tcp.kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 443 kubernetes.default.svc.cluster.local.',
    ],
    '_dns._udp.kubernetes.default.svc.cluster.local SRV': [
      '_dns._udp.kubernetes.default.svc.cluster.local. 30 IN SRV 0 100 53 kubernetes.default.svc.cluster.local.',
    ],
    '_dns._tcp.kubernetes.default.svc.cluster.local SRV': NO_SUCH_NAME,
    '_http._tcp.unnamed.default.svc.cluster.local SRV': NO_SUCH_NAME,
  });

  it('has the addresses in the additional section', () => {
    expect(askZoneFile(dns, '_https._tcp.dual.default.svc.cluster.local SRV').additional).toEqual([
      'dual.default.svc.cluster.local. 30 IN A 10.3.0.2',
      'dual.default.svc.cluster.local. 30 IN AAAA 2001:db8::2',
    ]);
  });
});

describe('2.3.3 PTR of a cluster IP', () => {
  const six = '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';
  expectAnswers({
    '1.0.3.10.in-addr.arpa PTR': ['1.0.3.10.in-addr.arpa. 30 IN PTR kubernetes.default.svc.cluster.local.'],
    [`${six} PTR`]: [`${six}. 30 IN PTR six.default.svc.cluster.local.`],
    '99.0.3.10.in-addr.arpa PTR': NO_SUCH_NAME,
  });
});

describe('2.4.1 A and AAAA of a headless Service', () => {
  expectAnswers({
    'headless.default.svc.cluster.local A': [
      'headless.default.svc.cluster.local. 30 IN A 10.3.0.10',
      'headless.default.svc.cluster.local. 30 IN A 10.3.0.100',
      'headless.default.svc.cluster.local. 30 IN A 10.3.0.101',
    ],
    'headless.default.svc.cluster.local AAAA': [
      'headless.default.svc.cluster.local. 30 IN AAAA 2001:db8::10',
      'headless.default.svc.cluster.local. 30 IN AAAA 2001:db8::100',
    ],
    'my-pet.headless.default.svc.cluster.local A': [
      'my-pet.headless.default.svc.cluster.local. 30 IN A 10.3.0.100',
      'my-pet.headless.default.svc.cluster.local. 30 IN A 10.3.0.101',
    ],
    'my-pet.headless.default.svc.cluster.local AAAA': [
      'my-pet.headless.default.svc.cluster.local. 30 IN AAAA 2001:db8::100',
    ],
    'sick-pet.headless.default.svc.cluster.local A': NO_SUCH_NAME,
    'unready.default.svc.cluster.local A': NO_SUCH_NAME,
    'unready.default.svc.cluster.local AAAA': NO_SUCH_NAME,
  });
});

describe('2.4.2 SRV of a headless Service', () => {
  const name = '_https._tcp.headless.default.svc.cluster.local';
  expectAnswers({
    [`${name} SRV`]: [
      `${name}. 30 IN SRV 0 20 443 10-3-0-10.headless.default.svc.cluster.local.`,
      `${name}. 30 IN SRV 0 20 443 2001-db8--10.headless.default.svc.cluster.local.`,
      `${name}. 30 IN SRV 0 20 443 my-pet.headless.default.svc.cluster.local.`,
    ],
    '_http._tcp.headless-unnamed.default.svc.cluster.local SRV': NO_SUCH_NAME,
  });

  it('has the addresses in the additional section', () => {
    expect(askZoneFile(dns, `${name} SRV`).additional).toEqual([
      '10-3-0-10.headless.default.svc.cluster.local. 30 IN A 10.3.0.10',
      '2001-db8--10.headless.default.svc.cluster.local. 30 IN AAAA 2001:db8::10',
      'my-pet.headless.default.svc.cluster.local. 30 IN A 10.3.0.100',
      'my-pet.headless.default.svc.cluster.local. 30 IN A 10.3.0.101',
      'my-pet.headless.default.svc.cluster.local. 30 IN AAAA 2001:db8::100',
    ]);
  });
});

describe('2.4.3 PTR of an endpoint', () => {
  const six = '0.0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa';
  expectAnswers({
    '100.0.3.10.in-addr.arpa PTR': ['100.0.3.10.in-addr.arpa. 30 IN PTR my-pet.headless.default.svc.cluster.local.'],
    '10.0.3.10.in-addr.arpa PTR': ['10.0.3.10.in-addr.arpa. 30 IN PTR 10-3-0-10.headless.default.svc.cluster.local.'],
    [`${six} PTR`]: [`${six}. 30 IN PTR my-pet.headless.default.svc.cluster.local.`],
    '102.0.3.10.in-addr.arpa PTR': NO_SUCH_NAME,
  });
});

describe('2.5 ExternalName', () => {
  expectAnswers({
    'foo.default.svc.cluster.local A': ['foo.default.svc.cluster.local. 30 IN CNAME www.example.com.'],
    'foo.default.svc.cluster.local AAAA': ['foo.default.svc.cluster.local. 30 IN CNAME www.example.com.'],
    'foo-kubernetes.default.svc.cluster.local A': [
      'foo-kubernetes.default.svc.cluster.local. 30 IN CNAME kubernetes.default.svc.cluster.local.',
      'kubernetes.default.svc.cluster.local. 30 IN A 10.3.0.1',
    ],
  });
});
