import {
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  StatusError,
  VirtualClock,
  type ApiObject,
  type ApiRequest,
  type Binding,
  type Event,
  type Node,
  type Pod,
} from '@kubarium/shared';
import { INITIAL_EVENTS_END, makeNode, makePod, ScriptedTransport } from '@kubarium/shared/testing';
import { afterEach, expect, test } from 'vitest';
import { Scheduler } from './scheduler.ts';

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

/** A scheduler in front of a scripted API server that holds these nodes. */
async function fixture(nodes: readonly Node[]) {
  const transport = new ScriptedTransport();
  let refuse: ((request: ApiRequest) => StatusError | undefined) | undefined;
  transport.answer = (request) => {
    const error = refuse?.(request);
    if (error !== undefined) throw error;
    return { ...(request.body as ApiObject) };
  };
  const clock = new VirtualClock();
  const runtime = { clock, random: seededRandom(1), logger: silentLogger };
  const client = new KubeClient(transport);
  const informers = new InformerFactory(client, runtime);
  const scheduler = new Scheduler({ client, informers, runtime });
  closing.push(scheduler, informers);
  const started = scheduler.start();
  await turns();
  let revision = 1;
  const send = (resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject): void => {
    const watch = transport.watches.find((one) => one.resource.resource === resource)!;
    watch.send(type, { ...object, metadata: { ...object.metadata, resourceVersion: `${++revision}` } });
  };
  for (const node of nodes) send('nodes', 'ADDED', node);
  for (const watch of transport.watches) watch.send('BOOKMARK', INITIAL_EVENTS_END);
  await started;
  const bindings = (): string[] =>
    transport.requests
      .filter((request) => request.subresource === 'binding')
      .map((request) => `${request.name} ${(request.body as Binding).target.name}`);
  const events = (): string[] =>
    transport.requests
      .filter((request) => request.resource.resource === 'events' && request.verb === 'create')
      .map((request) => request.body as Event)
      .map((event) => `${event.type} ${event.reason}: ${event.message}`);
  return { transport, clock, send, bindings, events, refuse: (rule: typeof refuse) => (refuse = rule) };
}

const pod = (name: string, cpu = '100m', more: Partial<Pod['spec']> = {}): Pod =>
  makePod({
    metadata: { name, uid: name },
    spec: { containers: [{ name: 'web', image: 'web', resources: { requests: { cpu } } }], ...more },
    status: { phase: 'Pending' },
  });
const node = (name: string, cpu: string): Node =>
  makeNode({ metadata: { name, uid: name }, status: { allocatable: { cpu, memory: '8Gi', pods: '110' } } });

test('binds a pod that appears, and says so', async () => {
  const { send, bindings, events } = await fixture([node('node-1', '2')]);
  send('pods', 'ADDED', pod('web'));
  await turns();
  expect(bindings()).toEqual(['web node-1']);
  expect(events()).toEqual(['Normal Scheduled: Successfully assigned default/web to node-1']);
});

test('counts pods that it has placed before the API says so', async () => {
  const { send, bindings } = await fixture([node('node-1', '1'), node('node-2', '1')]);
  for (const name of ['a', 'b', 'c']) send('pods', 'ADDED', pod(name, '600m'));
  await turns();
  expect(new Set(bindings().map((binding) => binding.split(' ')[1]))).toEqual(new Set(['node-1', 'node-2']));
});

test('does not bind a pod twice when the cluster changes while the binding is on its way', async () => {
  const { send, bindings, transport } = await fixture([node('node-1', '2'), node('node-2', '2')]);
  const answer = transport.answer;
  let release = (): void => {};
  transport.answer = (request) =>
    request.subresource === 'binding'
      ? new Promise((resolve) => (release = () => resolve(request.body as ApiObject)))
      : answer(request);
  send('pods', 'ADDED', pod('web'));
  await turns();
  send('nodes', 'ADDED', node('node-3', '2'));
  await turns();
  release();
  await turns();
  expect(bindings()).toHaveLength(1);
});

test('says why a pod fits nowhere, in an event and in its condition, and tries again when a node comes', async () => {
  const { send, bindings, events, transport, clock } = await fixture([node('node-1', '1'), node('node-2', '2')]);
  send('pods', 'ADDED', pod('big', '4'));
  await turns();
  const message =
    '0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
  expect(events()).toEqual([`Warning FailedScheduling: ${message}`]);
  const patch = transport.requests.find((request) => request.subresource === 'status');
  expect(patch).toMatchObject({
    verb: 'patch',
    name: 'big',
    body: { status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] } },
  });
  send('nodes', 'ADDED', node('node-3', '8'));
  clock.advance(1_000);
  await turns();
  expect(bindings()).toEqual(['big node-3']);
});

test('gives the place back when a binding fails, and tries again after a second', async () => {
  const { send, bindings, refuse, clock } = await fixture([node('node-1', '1')]);
  refuse((request) =>
    request.subresource === 'binding'
      ? new StatusError({ code: 503, message: 'no', reason: 'ServiceUnavailable' })
      : undefined,
  );
  send('pods', 'ADDED', pod('web', '600m'));
  await turns();
  refuse(undefined);
  clock.advance(1_000);
  await turns();
  expect(bindings()).toEqual(['web node-1', 'web node-1']);
});

test.each([
  ['names another scheduler', { schedulerName: 'mine' }],
  ['has scheduling gates', { schedulingGates: [{ name: 'later' }] }],
])('leaves a pod alone that %s', async (_, more) => {
  const { send, bindings, events } = await fixture([node('node-1', '2')]);
  send('pods', 'ADDED', pod('web', '1', more));
  await turns();
  expect([...bindings(), ...events()]).toEqual([]);
});

test('a pod on its way out no longer counts against the skew of its domain', async () => {
  const zoned = (name: string, zone: string): Node => {
    const made = node(name, '2');
    return { ...made, metadata: { ...made.metadata, labels: { zone } } };
  };
  const { send, bindings, clock } = await fixture([zoned('node-1', 'a'), zoned('node-2', 'b')]);
  const spread = (name: string, nodeName?: string): Pod => {
    const made = pod(name, '100m', {
      ...(nodeName === undefined ? {} : { nodeName }),
      nodeSelector: { zone: 'a' },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          nodeAffinityPolicy: 'Ignore',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    });
    return { ...made, metadata: { ...made.metadata, labels: { app: 'web' } } };
  };
  const old = spread('old', 'node-1');
  send('pods', 'ADDED', old);
  send('pods', 'ADDED', spread('new'));
  await turns();
  expect(bindings()).toEqual([]);
  send('pods', 'MODIFIED', { ...old, metadata: { ...old.metadata, deletionTimestamp: '2026-01-01T00:00:30Z' } });
  clock.advance(10_000);
  await turns();
  expect(bindings()).toEqual(['new node-1']);
});
