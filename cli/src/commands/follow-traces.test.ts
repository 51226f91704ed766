import { getEventListeners } from 'node:events';
import { createCluster, type Trace } from '@kubarium/cluster';
import { KubeClient, type ApiObject } from '@kubarium/shared';
import { ScriptedTransport, turns } from '@kubarium/shared/testing';
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

it('keeps nothing of the watches that the server has ended', async () => {
  const transport = new ScriptedTransport();
  transport.answer = () => ({ metadata: { resourceVersion: '1' } }) as ApiObject;
  const controller = new AbortController();
  const { signal } = controller;
  const follow = followTraces(new KubeClient(transport), '', {
    signal,
    tell: () => expect.unreachable(),
    tellGap: () => expect.unreachable(),
  });
  for (let ended = 0; ended < 3; ended++) {
    await turns();
    transport.watches.at(-1)!.end();
  }
  await turns();
  expect(transport.watches).toHaveLength(4);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  controller.abort();
  await follow;
  expect(transport.watches.at(-1)!.isClosed).toBe(true);
});
