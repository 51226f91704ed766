import type { Trace } from '@kubarium/cluster';
import { expect, it } from 'vitest';
import { traceText } from './trace-text.ts';

const SOURCE = { pod: 'default/frontend', address: '10.244.1.4', node: 'node-2' };
const DNS_POD = 'pod kube-system/coredns-1 on node-1';

const QUERY = [
  {
    stage: 'service',
    where: 'node-2',
    asked: 'UDP 10.96.0.10:53',
    verdict: '10.244.0.2:53',
    reason: 'cluster IP of Service kube-system/kube-dns:dns: the only candidate (ready)',
    ok: true,
    timeMs: 0,
    spentMs: 0,
  },
  {
    stage: 'datagram',
    where: DNS_POD,
    asked: 'UDP 10.96.0.10:53',
    verdict: 'delivered',
    reason: 'a socket on port 53',
    ok: true,
    timeMs: 0,
    spentMs: 0,
  },
];

const RESOLVED = [
  ...QUERY,
  {
    stage: 'dns',
    where: DNS_POD,
    asked: 'backend.default.svc.cluster.local A',
    verdict: 'A 10.96.1.1',
    reason: 'Service default/backend has the cluster IP 10.96.1.1',
    ok: true,
    timeMs: 1,
    spentMs: 0,
  },
  {
    stage: 'resolver',
    where: 'pod default/frontend',
    asked: 'backend.default.svc.cluster.local A',
    verdict: '10.96.1.1',
    reason: 'candidate 1 of 4: search default.svc.cluster.local (0 dots, ndots:5)',
    ok: true,
    facts: { candidate: 'backend.default.svc.cluster.local' },
    timeMs: 1,
    spentMs: 0,
  },
];

const trace = (status: Pick<Trace['status'], 'hops' | 'response' | 'error'>, url = 'http://backend'): Trace =>
  ({ metadata: {}, spec: { pod: 'frontend', url }, status: { source: SOURCE, ...status } }) as unknown as Trace;

it('tells a request that was answered, with the candidates that were not picked', () => {
  const text = traceText(
    trace({
      hops: [
        ...RESOLVED,
        {
          stage: 'service',
          where: 'node-2',
          asked: 'TCP 10.96.1.1:80',
          verdict: '10.244.0.3:80',
          reason: 'cluster IP of Service default/backend: random among 2 (ready)',
          ok: true,
          alternatives: [
            { what: '10.244.0.3:80 pod default/backend-1 on node-1', why: 'random among 2 (ready)', taken: true },
            { what: '10.244.1.3:80 pod default/backend-2 on node-2', why: 'not picked', taken: false },
          ],
          timeMs: 2,
          spentMs: 0,
        },
        {
          stage: 'connect',
          where: 'pod default/backend-1 on node-1',
          asked: '10.96.1.1:80',
          verdict: 'connected',
          reason: 'a listener on port 80',
          ok: true,
          timeMs: 2,
          spentMs: 0,
        },
        {
          stage: 'http',
          where: 'backend:80',
          asked: 'GET /',
          verdict: '200 OK',
          reason: 'the server answered with HTTP/1.1, text/plain',
          ok: true,
          timeMs: 12,
          spentMs: 0,
        },
      ],
      response: { code: 200, body: 'Hello from backend-1!\n' },
    }),
  );
  expect(text).toBe(`pod default/frontend (10.244.1.4 on node-2): http://backend

     1 ms  ✓ resolver   backend.default.svc.cluster.local A → 10.96.1.1
                        at pod default/frontend: candidate 1 of 4: search default.svc.cluster.local (0 dots, ndots:5)
                        asked    UDP 10.96.0.10:53 → 10.244.0.2:53: cluster IP of Service kube-system/kube-dns:dns: the only candidate (ready)
                        datagram delivered at pod kube-system/coredns-1 on node-1: a socket on port 53
                        dns      A 10.96.1.1: Service default/backend has the cluster IP 10.96.1.1
     2 ms  ✓ service    TCP 10.96.1.1:80 → 10.244.0.3:80
                        at node-2: cluster IP of Service default/backend: random among 2 (ready)
                        * 10.244.0.3:80 pod default/backend-1 on node-1: random among 2 (ready)
                        - 10.244.1.3:80 pod default/backend-2 on node-2: not picked
     2 ms  ✓ connect    10.96.1.1:80 → connected
                        at pod default/backend-1 on node-1: a listener on port 80
    12 ms  ✓ http       GET / → 200 OK
                        at backend:80: the server answered with HTTP/1.1, text/plain

HTTP 200
Hello from backend-1!
`);
});

it('marks a candidate without an answer as none, and the name that has no candidate left as the failure', () => {
  const empty = { ...RESOLVED[3]!, verdict: 'NXDOMAIN', facts: { candidate: 'nosuch', code: 'NXDOMAIN' } };
  const failed = { ...empty, asked: 'nosuch', ok: false, reason: 'no candidate of the search list has an address' };
  const text = traceText(trace({ hops: [empty, failed], error: 'curl: (6) Could not resolve host: nosuch' }));
  expect(text.split('\n').slice(2)).toEqual([
    '     1 ms  · resolver   backend.default.svc.cluster.local A → NXDOMAIN',
    '                        at pod default/frontend: candidate 1 of 4: search default.svc.cluster.local (0 dots, ndots:5)',
    '     1 ms  ✗ resolver   nosuch → NXDOMAIN',
    '                        at pod default/frontend: no candidate of the search list has an address',
    '',
    'curl: (6) Could not resolve host: nosuch',
    '',
  ]);
});

it('tells each hop of a query that went wrong', () => {
  const [service, datagram] = QUERY;
  const lost = { ...datagram!, ok: false, verdict: 'lost', reason: 'nobody has the address' };
  const failed = {
    ...RESOLVED[3]!,
    asked: 'backend',
    verdict: 'TIMEOUT',
    ok: false,
    reason: 'no name server answered',
  };
  const text = traceText(trace({ hops: [service!, lost, failed], error: 'curl: (6) Could not resolve host: backend' }));
  expect(text.match(/[✓✗] \w+/g)).toEqual(['✓ service', '✗ datagram', '✗ resolver']);
});
