import type { Answer } from '@kubarium/dns';
import type { Hop } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { dnsEvidence } from './dns-evidence.ts';

const DNS = '10.96.0.10';
const before: Hop[] = [
  {
    stage: 'datagram',
    where: 'pod kube-system/coredns',
    asked: `UDP ${DNS}:53`,
    verdict: 'delivered',
    reason: '',
    ok: true,
  },
];
const alias = { type: 'CNAME', name: 'site', ttl: 30, target: 'www.example.com' } as const;
const answered = (over: Partial<Answer>): Answer => ({
  rcode: 'NOERROR',
  authoritative: true,
  answers: [],
  authority: [],
  additional: [],
  reason: 'for a reason',
  ...over,
});
const hop = (facts: object): Hop => ({
  stage: 'resolver',
  where: 'pod default/a',
  asked: 'site A',
  verdict: '',
  reason: '',
  ok: true,
  facts: { candidate: 'site', ...facts },
});

it.each<[string, object, Partial<Answer>, string | undefined]>([
  [
    'a record',
    { addresses: ['10.96.0.1'] },
    { answers: [{ type: 'A', name: 'site', ttl: 30, address: '10.96.0.1' }] },
    'A 10.96.0.1',
  ],
  ['no name', { code: 'NXDOMAIN' }, { rcode: 'NXDOMAIN' }, 'NXDOMAIN'],
  ['no record', { code: 'NODATA' }, {}, 'NODATA'],
  ['what is no longer so', { addresses: ['10.96.0.1'] }, { rcode: 'NXDOMAIN' }, undefined],
  ['what an upstream server knows', { addresses: ['192.0.2.1'] }, { rcode: 'REFUSED', isForwarded: true }, '192.0.2.1'],
  ['what an upstream server does not know', { code: 'NXDOMAIN' }, { rcode: 'REFUSED', isForwarded: true }, 'NXDOMAIN'],
  [
    'an alias that an upstream server follows',
    { addresses: ['192.0.2.1'] },
    { answers: [alias], leadsTo: 'www.example.com', isForwarded: true },
    'CNAME www.example.com, 192.0.2.1',
  ],
])('tells the evidence for %s', (_, facts, answer, verdict) => {
  const told = dnsEvidence(hop(facts), before, {
    serviceAddress: DNS,
    answer: () => answered(answer),
    alternatives: () => [],
  });
  expect(told?.verdict).toBe(verdict);
  expect(told?.reason).toBe(verdict === undefined ? undefined : 'for a reason');
});
