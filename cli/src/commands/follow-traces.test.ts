import { createCluster, type Trace } from '@kubarium/cluster';
import { expect, it } from 'vitest';
import { followTraces } from './follow-traces.ts';

const PODS = `
apiVersion: v1
kind: Pod
metadata: { name: frontend }
spec: { containers: [{ name: shell, image: busybox, command: [sleep, 1d] }] }
`;

it('tells of what comes from now on, and ends with the signal', async () => {
  await using cluster = await createCluster();
  await cluster.apply(PODS);
  await cluster.ready();
  await cluster.pod('frontend').exec('curl -v http://before; true');
  const controller = new AbortController();
  const seen: Trace[] = [];
  const follow = followTraces(cluster.client, 'spec.url=,pod=default/frontend,spec.protocol=TCP', {
    signal: controller.signal,
    tell: (trace) => void seen.push(trace),
    tellGap: () => expect.unreachable(),
  });
  await cluster.settle();
  await cluster.pod('frontend').exec('curl -s http://127.0.0.1:81; true');
  controller.abort();
  await follow;
  await cluster.pod('frontend').exec('curl -s http://127.0.0.1:81; true');
  expect(seen.map(({ status }) => status.verdict)).toEqual(['Refused']);
});
