import type { Trace } from '@kubarium/cluster';
import { expect, it } from 'vitest';
import { followedText } from './followed-text.ts';

const trace = (destination: string, status: Partial<Trace['status']>): Trace =>
  ({
    metadata: { creationTimestamp: '2026-01-02T12:30:01Z' },
    spec: { pod: 'frontend', protocol: 'TCP', destination },
    status: {
      verdict: 'Delivered',
      reason: '',
      source: { pod: 'default/frontend', node: 'node-1' },
      hops: [],
      ...status,
    },
  }) as unknown as Trace;

it('tells in one line who reached whom, by which Service', () => {
  const text = followedText(
    trace('10.96.1.1:80', {
      service: 'default/backend',
      destination: { pod: 'default/backend-1', node: 'node-2', address: '10.244.1.3', port: 8080 },
    }),
  );
  expect(text).toBe(
    '12:30:01  TCP  default/frontend          default/backend (10.96.1.1:80)            ✓ default/backend-1 (10.244.1.3:8080)\n',
  );
});

it('tells below it why one came to nothing', () => {
  const text = followedText(
    trace('10.96.1.1:81', { verdict: 'Dropped', reason: 'there is no such port', source: { node: 'outside' } }),
  );
  expect(text).toBe(
    '12:30:01  TCP  outside                   10.96.1.1:81                              ✗ dropped\n               there is no such port\n',
  );
});

it('says no address twice', () => {
  const at = { pod: 'default/web', address: '10.244.1.3', port: 80 };
  const text = followedText(trace('10.244.1.3:80', { verdict: 'Refused', destination: at }));
  expect(text).toContain('✗ refused at default/web\n');
});

it('tells the question to a DNS server instead of its address', () => {
  const query = trace('10.96.0.10:53', { service: 'kube-system/kube-dns' });
  const text = followedText({ ...query, spec: { ...query.spec, question: 'backend.default.svc.cluster.local A' } });
  expect(text).toContain('  kube-system/kube-dns (backend.default.svc.cluster.local A)  ✓');
});
