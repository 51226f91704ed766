import { afterEach, describe, expect, it } from 'vitest';
import { PODS, SERVICES } from '../api/resources.ts';
import { silentLogger } from '../runtime/logger.ts';
import { seededRandom } from '../runtime/random.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { makePod, ScriptedTransport, turns } from '../testing/index.ts';
import { InformerFactory, NAMESPACE_INDEX } from './informer-factory.ts';
import { KubeClient } from './kube-client.ts';

const factories: InformerFactory[] = [];
afterEach(async () => {
  for (const factory of factories.splice(0)) await factory[Symbol.asyncDispose]();
});

function makeFactory() {
  const transport = new ScriptedTransport();
  const runtime = { clock: new VirtualClock(), random: seededRandom(1), logger: silentLogger };
  const factory = new InformerFactory(new KubeClient(transport), runtime);
  factories.push(factory);
  const end = { metadata: { resourceVersion: '5', annotations: { 'k8s.io/initial-events-end': 'true' } } };
  const sync = async (...pods: ReturnType<typeof makePod>[]): Promise<void> => {
    await turns();
    for (const watch of transport.watches) {
      if (watch.resource.resource === 'pods') for (const pod of pods) watch.send('ADDED', pod);
      watch.send('BOOKMARK', end as never);
    }
  };
  return { factory, transport, sync };
}

describe('InformerFactory', () => {
  it('gives all who ask for the same objects one informer, with the indexes of each', async () => {
    const { factory, transport, sync } = makeFactory();
    const byName = { name: (pod: { metadata: { name: string } }) => [pod.metadata.name] };
    const pods = factory.informer(PODS);
    expect(factory.informer(PODS, { indexers: byName })).toBe(pods);
    expect(factory.informer(PODS, { fieldSelector: 'spec.nodeName=n1' })).not.toBe(pods);
    const started = factory.start();
    await sync(makePod({ metadata: { name: 'a' } }));
    await started;
    expect(transport.watches).toHaveLength(2);
    expect(transport.watches[1]!.query).toMatchObject({ fieldSelector: 'spec.nodeName=n1' });
    expect(pods.store.byIndex('name', 'a')).toHaveLength(1);
    expect(pods.store.byIndex(NAMESPACE_INDEX, 'default')).toHaveLength(1);
  });

  it('starts what is asked for later with the next start, and the rest not again', async () => {
    const { factory, transport, sync } = makeFactory();
    factory.informer(PODS);
    const first = factory.start();
    await sync();
    await first;
    const services = factory.informer(SERVICES);
    expect(services.synced).toBe(false);
    const second = factory.start();
    await turns();
    transport.watches[1]!.send('BOOKMARK', {
      metadata: { resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
    } as never);
    await second;
    expect(services.synced).toBe(true);
    expect(transport.watches.map(({ resource }) => resource.resource)).toEqual(['pods', 'services']);
  });
});
