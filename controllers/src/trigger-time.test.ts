import {
  type ApiObject,
  InformerFactory,
  KubeClient,
  type Pod,
  seededRandom,
  type Service,
  silentLogger,
  VirtualClock,
} from '@kubarium/shared';
import { INITIAL_EVENTS_END, makePod, makeService, ScriptedTransport, turns } from '@kubarium/shared/testing';
import { afterEach, expect, it } from 'vitest';
import { ServicePods } from './service-pods.ts';
import { TriggerTimeTracker } from './trigger-time.ts';

const service = (selector: Record<string, string>): Service =>
  makeService({ metadata: { uid: 's1', creationTimestamp: '2026-01-01T00:00:30Z' }, spec: { selector } });

const pod = (name: string, second: number, more: { readonly app?: string; readonly ip?: string } = {}): Pod =>
  makePod({
    metadata: { name, uid: name, labels: { app: more.app ?? 'web', tier: 'front' } },
    status: {
      phase: 'Running',
      podIP: more.ip ?? '10.244.0.1',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: `2026-01-01T00:00:${second}Z` }],
    },
  });

const closing: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one[Symbol.asyncDispose]();
});

/** A tracker of the Service default/web; `sync` answers with the second it would tell. */
async function fixture() {
  const transport = new ScriptedTransport();
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  closing.push(informers);
  const servicePods = new ServicePods(informers);
  const tracker = new TriggerTimeTracker(servicePods);
  const started = informers.start();
  await turns();
  let revision = 1;
  const send = (resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject): void => {
    const watch = transport.watches.find((one) => one.resource.resource === resource)!;
    watch.send(type, { ...object, metadata: { ...object.metadata, resourceVersion: `${++revision}` } });
  };
  for (const watch of transport.watches) watch.send('BOOKMARK', INITIAL_EVENTS_END);
  await started;
  send('services', 'ADDED', service({ app: 'web' }));
  await turns();
  const sync = (): string | undefined => {
    const known = servicePods.services.store.get('default/web')!;
    return tracker.next('default/web', known, servicePods.podsOf(known))?.slice(17, 19);
  };
  return { tracker, send, sync };
}

it('tells the earliest moment of all at the first sync, and then of what has changed since', async () => {
  const { send, sync } = await fixture();
  send('pods', 'ADDED', pod('a', 20));
  send('pods', 'ADDED', pod('b', 10));
  expect([sync(), sync()]).toEqual(['10', undefined]);
  send('pods', 'ADDED', pod('c', 42, { ip: '10.244.0.3' }));
  send('pods', 'MODIFIED', pod('a', 41, { ip: '10.244.0.2' }));
  expect([sync(), sync()]).toEqual(['41', undefined]);
});

it('begins with the creation of the Service where no pod came before it', async () => {
  const { send, sync } = await fixture();
  send('pods', 'ADDED', pod('a', 40));
  expect(sync()).toBe('30');
});

it('does not count what is no change of readiness', async () => {
  const { send, sync } = await fixture();
  send('pods', 'ADDED', pod('a', 20));
  sync();
  send('pods', 'MODIFIED', pod('a', 20, { ip: '10.244.0.9' }));
  send('pods', 'DELETED', pod('a', 20));
  expect(sync()).toBeUndefined();
});

it('counts a pod that comes to be selected, and all of them once the selector is another', async () => {
  const { send, sync } = await fixture();
  send('pods', 'ADDED', pod('a', 20));
  send('pods', 'ADDED', pod('b', 25, { app: 'other' }));
  expect(sync()).toBe('20');
  send('pods', 'MODIFIED', pod('b', 25));
  expect(sync()).toBe('25');
  send('services', 'MODIFIED', service({ tier: 'front' }));
  expect(sync()).toBe('20');
  send('pods', 'MODIFIED', pod('a', 20, { app: 'other' }));
  expect(sync()).toBeUndefined();
});

it('tells again what was not written', async () => {
  const { tracker, send, sync } = await fixture();
  send('pods', 'ADDED', pod('a', 20));
  sync();
  tracker.forget('default/web');
  expect(sync()).toBe('20');
});
