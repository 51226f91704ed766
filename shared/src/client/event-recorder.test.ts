import { describe, expect, it } from 'vitest';
import type { Event, Pod } from '../api/core-v1.ts';
import { StatusError } from '../apimachinery/status-error.ts';
import { Activity } from '../runtime/activity.ts';
import { silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { ScriptedTransport } from '../testing/index.ts';
import { EventRecorder } from './event-recorder.ts';
import { seriesEvents, type EventStyle } from './event-style.ts';
import { KubeClient } from './kube-client.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'shop', name: 'web', uid: 'u1', resourceVersion: '7' },
} as Pod;

function makeRecorder(style?: EventStyle) {
  const transport = new ScriptedTransport();
  transport.answer = (request) => request.body as Event;
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const activity = new Activity();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger, activity };
  const recorder = new EventRecorder({
    client: new KubeClient(transport),
    runtime,
    component: 'kubelet',
    host: 'node-1',
    style,
  });
  return { transport, clock, activity, recorder };
}

describe('EventRecorder', () => {
  it('writes an event as client-go does', async () => {
    const { transport, activity, recorder } = makeRecorder();
    recorder.event(pod, 'Normal', 'Pulled', 'Container image "nginx" already present', {
      fieldPath: 'spec.containers{web}',
    });
    await activity.whenIdle();
    const { body, ...request } = transport.requests[0]!;
    expect(request).toMatchObject({ verb: 'create', namespace: 'shop', resource: { resource: 'events', group: '' } });
    expect(body).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: {
        kind: 'Pod',
        apiVersion: 'v1',
        namespace: 'shop',
        name: 'web',
        uid: 'u1',
        resourceVersion: '7',
        fieldPath: 'spec.containers{web}',
      },
      reason: 'Pulled',
      message: 'Container image "nginx" already present',
      type: 'Normal',
      source: { component: 'kubelet', host: 'node-1' },
      reportingComponent: 'kubelet',
      reportingInstance: 'node-1',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  });

  it('names events so that they sort as they were reported', async () => {
    const { transport, clock, activity, recorder } = makeRecorder();
    for (let i = 0; i < 20; i++) {
      recorder.event(pod, 'Normal', 'Pulled', `image ${i}`);
      if (i % 5 === 4) clock.advance(1);
    }
    await activity.whenIdle();
    const names = transport.requests.flatMap(({ verb, body }) =>
      verb === 'create' ? [(body as Event).metadata.name] : [],
    );
    expect(names).toEqual([...new Set(names)].sort());
  });

  // As a kube-scheduler 1.35 writes them.
  it('writes series as events.k8s.io means them', async () => {
    const { transport, clock, activity, recorder } = makeRecorder(
      seriesEvents('default-scheduler', 'default-scheduler-a'),
    );
    const report = async (message: string, of: Pod = pod): Promise<void> => {
      recorder.event(of, 'Warning', 'FailedScheduling', message, { action: 'Scheduling' });
      await activity.whenIdle();
      clock.advance(10_000);
    };
    await report('0/1 nodes are available');
    expect(transport.requests[0]!.body).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/) },
      involvedObject: {
        kind: 'Pod',
        apiVersion: 'v1',
        namespace: 'shop',
        name: 'web',
        uid: 'u1',
        resourceVersion: '7',
      },
      action: 'Scheduling',
      reason: 'FailedScheduling',
      message: '0/1 nodes are available',
      type: 'Warning',
      reportingComponent: 'default-scheduler',
      reportingInstance: 'default-scheduler-a',
      eventTime: '2026-01-01T00:00:00.000000Z',
    });
    await report('0/2 nodes are available');
    await report('0/1 nodes are available', { ...pod, metadata: { ...pod.metadata, resourceVersion: '8' } });
    clock.advance(360_000);
    await report('0/1 nodes are available');
    expect(transport.requests.map(({ verb, body }) => [verb, (body as Event).series])).toEqual([
      ['create', undefined],
      ['patch', { count: 2, lastObservedTime: '2026-01-01T00:00:10.000000Z' }],
      ['create', undefined],
      ['create', undefined],
    ]);
  });

  it('counts the same event in one object, merging what comes while a write is on its way', async () => {
    const { transport, clock, activity, recorder } = makeRecorder();
    for (let i = 0; i < 3; i++) {
      recorder.event(pod, 'Warning', 'BackOff', 'Back-off restarting failed container');
      // The first is on its way.
      await Promise.resolve();
      clock.advance(10_000);
    }
    await activity.whenIdle();
    expect(
      transport.requests.map(({ verb, body }) => [verb, (body as Event).count, (body as Event).lastTimestamp]),
    ).toEqual([
      ['create', 1, '2026-01-01T00:00:00Z'],
      ['patch', 3, '2026-01-01T00:00:20Z'],
    ]);
    expect(transport.requests[1]!.name).toBe((transport.requests[0]!.body as Event).metadata.name);
  });

  it('writes one event after the other, in the order in which they were reported', async () => {
    const { transport, activity, recorder } = makeRecorder();
    for (const reason of ['Pulled', 'Created', 'Started']) recorder.event(pod, 'Normal', reason, reason);
    await Promise.resolve();
    expect(transport.requests).toHaveLength(1);
    await activity.whenIdle();
    expect(transport.requests.map(({ body }) => (body as Event).reason)).toEqual(['Pulled', 'Created', 'Started']);
  });

  it('loses no report, however closely it comes behind the end of a write', async () => {
    for (let depth = 0; depth < 30; depth++) {
      const { transport, activity, recorder } = makeRecorder();
      const again = async (): Promise<void> => {
        for (let tick = 0; tick < depth; tick++) await Promise.resolve();
        recorder.event(pod, 'Normal', 'Pulled', 'once more');
        recorder.event(pod, 'Normal', 'Created', 'another one');
      };
      transport.answer = (request) => {
        if (request.verb === 'create' && transport.requests.length === 1) void again();
        return request.body as Event;
      };
      recorder.event(pod, 'Normal', 'Pulled', 'once more');
      await new Promise(setImmediate);
      await activity.whenIdle();
      const written = transport.requests.map(({ body }) => `${(body as Event).count} ${(body as Event).message}`);
      expect([depth, ...written]).toEqual([depth, '1 once more', '2 once more', '1 another one']);
    }
  });

  it('writes nothing more on an object whose budget is spent, also while a write is on its way', async () => {
    const { transport, activity, recorder } = makeRecorder();
    for (let i = 0; i < 24; i++) {
      recorder.event(pod, 'Warning', 'BackOff', 'again');
      await activity.whenIdle();
    }
    // The last one that the budget allows, and one beyond it.
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    recorder.event(pod, 'Warning', 'BackOff', 'again');
    await activity.whenIdle();
    expect(transport.requests).toHaveLength(25);
  });

  it('combines many similar events and limits what one object may cause', async () => {
    const { transport, activity, recorder } = makeRecorder();
    for (let i = 0; i < 40; i++) {
      recorder.event(pod, 'Warning', 'Failed', `message ${i}`);
      await activity.whenIdle();
    }
    const messages = transport.requests.map(({ verb, body }) => [verb, (body as Event).message]);
    expect(messages).toHaveLength(25);
    expect(messages[8]).toEqual(['create', 'message 8']);
    expect(messages[9]).toEqual(['create', '(combined from similar events): message 9']);
    expect(messages[24]).toEqual(['patch', '(combined from similar events): message 24']);
  });

  it('makes a new object where the counted one has expired', async () => {
    const { transport, activity, recorder } = makeRecorder();
    recorder.event(pod, 'Normal', 'Killing', 'Stopping container web');
    await activity.whenIdle();
    transport.answer = (request) => {
      if (request.verb === 'patch') throw new StatusError({ code: 404, reason: 'NotFound', message: 'gone' });
      return request.body as Event;
    };
    recorder.event(pod, 'Normal', 'Killing', 'Stopping container web');
    await activity.whenIdle();
    expect(transport.requests.map(({ verb }) => verb)).toEqual(['create', 'patch', 'create']);
  });

  it('drops what the API refuses and repeats what did not reach it', async () => {
    const { transport, clock, activity, recorder } = makeRecorder();
    let failures = [403, 503, 503];
    transport.answer = (request) => {
      const code = failures.shift();
      if (code !== undefined) throw new StatusError({ code, reason: 'x', message: 'refused' });
      return request.body as Event;
    };
    recorder.event(pod, 'Normal', 'First', 'is refused');
    await activity.whenIdle();
    recorder.event(pod, 'Normal', 'Second', 'arrives at last');
    while (!activity.idle) {
      await new Promise(setImmediate);
      clock.fireNext();
    }
    expect(transport.requests.map(({ body }) => (body as Event).reason)).toEqual([
      'First',
      'Second',
      'Second',
      'Second',
    ]);
    await recorder[Symbol.asyncDispose]();
  });
});
