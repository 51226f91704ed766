import type { Hop } from '@kubarium/shared';
import { expect, it } from 'vitest';
import { requestJudgement, requestedServiceOf } from './trace-verdict.ts';

const hop = (stage: string, verdict: string, reason: string, ok: boolean, rest: Partial<Hop> = {}): Hop => ({
  stage,
  where: 'pod default/a',
  asked: 'TCP 10.96.1.1:80',
  verdict,
  reason,
  ok,
  ...rest,
});
const service = hop('service', '10.244.1.2:80', 'one of 2', true, { facts: { service: 'default/web' } });
const connected = hop('connect', 'connected', 'a listener', true);

it.each<[string, Hop[], string]>([
  [
    'Unresolved',
    [hop('resolver', 'NXDOMAIN', 'no candidate has an address', false)],
    'NXDOMAIN: no candidate has an address',
  ],
  [
    'Unresolved',
    [
      hop('policy', 'egress denied', 'policy a/b', false),
      hop('datagram', 'dropped', 'by policy', false),
      hop('resolver', 'TIMEOUT', 'nobody answered', false),
    ],
    'policy a/b',
  ],
  [
    'Refused',
    [hop('service', 'refused', 'no endpoints', false), hop('connect', 'refused', 'by service', false)],
    'no endpoints',
  ],
  ['Refused', [service, hop('connect', 'connection refused', 'nothing listens', false)], 'nothing listens'],
  [
    'Dropped',
    [hop('service', 'dropped', 'no port 81', false), hop('connect', 'dropped', 'by service', false)],
    'no port 81',
  ],
  [
    'Denied',
    [service, hop('policy', 'ingress denied', 'policy a/b', false), hop('connect', 'dropped', 'by policy', false)],
    'policy a/b',
  ],
  ['Unreachable', [service, hop('connect', 'no route to host', 'no pod', false)], 'no pod'],
  [
    'Unanswered',
    [service, connected, hop('http', 'none', 'Empty reply from server', false)],
    'Empty reply from server',
  ],
  ['Failed', [], 'curl: (3) URL rejected'],
])('a request is %s', (verdict, hops, reason) => {
  expect(requestJudgement(hops, false, 'curl: (3) URL rejected')).toEqual({ verdict, reason });
});

it('takes the Service that was asked over TCP, not that of the DNS', () => {
  const dns = hop('service', '', '', true, { asked: 'UDP 10.96.0.10:53', facts: { service: 'kube-system/kube-dns' } });
  expect(requestedServiceOf([dns, service, connected])).toBe('default/web');
  expect(requestedServiceOf([dns])).toBeUndefined();
});
