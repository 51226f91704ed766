import { composeController, CONFIG_MAPS, NAMESPACES, ReconcileLoop, type ControllerFactory } from 'kubarium';
import { clusterTest } from 'kubarium/vitest';
import { expect } from 'vitest';

/** Puts a ConfigMap `welcome` into every namespace. */
const welcome: ControllerFactory = (context) => {
  const { client, informers, runtime } = context;
  const reconcile = async (namespace: string): Promise<void> => {
    await client.create(CONFIG_MAPS, {
      metadata: { namespace, name: 'welcome' },
      data: { text: `Hello ${namespace}` },
    });
  };
  const loop = new ReconcileLoop({ name: 'welcome', runtime, reconcile });
  informers.informer(NAMESPACES).onChange({ added: ({ metadata }) => loop.add(metadata.name) });
  return composeController('welcome', context, [loop]);
};

const test = clusterTest({ controllers: [welcome] });

test('welcomes a new namespace', async ({ cluster }) => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  const { data } = await cluster.client.get(CONFIG_MAPS, { namespace: 'team', name: 'welcome' });
  expect(data).toEqual({ text: 'Hello team' });
});
