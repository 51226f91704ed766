import {
  Activity,
  InformerFactory,
  KubeClient,
  seededRandom,
  silentLogger,
  VirtualClock,
  type ApiObject,
} from '@kubarium/shared';
import { ScriptedTransport, turns } from '@kubarium/shared/testing';
import { expect, it } from 'vitest';
import { Proxy } from './proxy.ts';
import { flow, makeEndpoint, makeService, makeSlice } from './testing/proxy-fixture.ts';

const withVersion = <T extends ApiObject>(object: T, resourceVersion: string): T => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
const web = withVersion(makeService('web', { clusterIP: '10.96.1.1' }), '1');
const slice = withVersion(makeSlice('web', [makeEndpoint('10.244.1.2')]), '2');
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-1', uid: 'n', resourceVersion: '3' },
  status: { addresses: [{ type: 'InternalIP', address: '172.18.0.1' }] },
};

const INITIAL_EVENTS_END = {
  metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
} as unknown as ApiObject;

function fixture() {
  const transport = new ScriptedTransport();
  const items: Record<string, ApiObject> = { services: web, endpointslices: slice, nodes: node as never };
  const activity = new Activity();
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger, activity };
  const informers = new InformerFactory(new KubeClient(transport), runtime);
  const proxy = new Proxy({ informers, runtime });
  const send = (resource: string, type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ApiObject): void =>
    transport.watches.find((watch) => watch.resource.resource === resource)!.send(type, object);
  const start = async (): Promise<void> => {
    const started = proxy.start();
    await turns();
    for (const watch of transport.watches) {
      watch.send('ADDED', items[watch.resource.resource]!);
      watch.send('BOOKMARK', INITIAL_EVENTS_END);
    }
    await started;
  };
  return { proxy, informers, send, activity, start };
}
const decide = (proxy: Proxy) => proxy.stage.decide(flow('pod 10.244.2.9', '10.96.1.1:80'));

it('routes what exists once it has started, and follows a burst with one sync', async () => {
  const { proxy, informers, send, activity, start } = fixture();
  await start();
  expect(decide(proxy)).toEqual({ action: 'rewrite', destination: { address: '10.244.1.2', port: 8080 } });
  let syncs = 0;
  proxy.onServices(() => syncs++);
  await new Promise((resolve) => setImmediate(resolve));
  syncs = 0;
  for (let version = 10; version < 20; version++) send('services', 'MODIFIED', withVersion(web, `${version}`));
  send('endpointslices', 'MODIFIED', withVersion(makeSlice('web', [makeEndpoint('10.244.2.7')]), '20'));
  expect(activity.idle).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(syncs).toBe(1);
  expect(decide(proxy)).toEqual({ action: 'rewrite', destination: { address: '10.244.2.7', port: 8080 } });
  send('endpointslices', 'DELETED', withVersion(slice, '21'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(decide(proxy)).toEqual({ action: 'refuse' });
  await proxy[Symbol.asyncDispose]();
  await informers[Symbol.asyncDispose]();
});
