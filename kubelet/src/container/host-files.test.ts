import type { PodSpec } from '@kubarium/shared';
import { makePod } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { etcHosts, podHostname } from './etc-hosts.ts';
import { resolvConf } from './resolv-conf.ts';

const dns = { address: '10.96.0.10', domain: 'cluster.local' };

it('writes the hosts file that the kubelet manages', () => {
  const pod = makePod({
    metadata: { name: 'web-0' },
    spec: { subdomain: 'web', hostAliases: [{ ip: '1.2.3.4', hostnames: ['foo', 'bar'] }] },
  });
  expect(etcHosts({ pod, podIPs: ['10.244.0.5'], clusterDomain: dns.domain, nodeName: 'node-1' })).toBe(
    [
      '# Kubernetes-managed hosts file.',
      '127.0.0.1\tlocalhost',
      '::1\tlocalhost ip6-localhost ip6-loopback',
      'fe00::0\tip6-localnet',
      'fe00::0\tip6-mcastprefix',
      'fe00::1\tip6-allnodes',
      'fe00::2\tip6-allrouters',
      '10.244.0.5\tweb-0.web.default.svc.cluster.local\tweb-0',
      '',
      '# Entries added by HostAliases.',
      '1.2.3.4\tfoo\tbar',
      '',
    ].join('\n'),
  );
});

it('cuts a host name at 63 characters', () => {
  expect(podHostname(makePod({ metadata: { name: `${'a'.repeat(62)}-b` } }))).toBe('a'.repeat(62));
});

it.each<[string, Partial<PodSpec>, string]>([
  [
    'by default',
    {},
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  ],
  ['of the node', { dnsPolicy: 'Default' }, 'nameserver 10.96.0.10\n'],
  ['on the node network', { hostNetwork: true }, 'nameserver 10.96.0.10\n'],
  [
    'on the node network with the policy for it',
    { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n',
  ],
  [
    'of its own',
    {
      dnsPolicy: 'None',
      dnsConfig: {
        nameservers: ['1.1.1.1'],
        searches: ['a.b'],
        options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }],
      },
    },
    'search a.b\nnameserver 1.1.1.1\noptions ndots:2 edns0\n',
  ],
  [
    'with options over the default ones',
    { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:1\n',
  ],
])('a pod has the resolver configuration %s', (_, spec, expected) => {
  expect(resolvConf(makePod({ spec }), dns)).toBe(expected);
});
