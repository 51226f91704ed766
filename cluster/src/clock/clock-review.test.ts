import { microTimestamp } from '@kubarium/shared';
import { expect, it, test } from 'vitest';
import { createCluster } from '../create-cluster.ts';
import { CLOCKS } from './clock-resource.ts';

const ask = (cluster: Awaited<ReturnType<typeof createCluster>>, spec?: object) =>
  cluster.client.create(CLOCKS, { metadata: {}, ...(spec && { spec }) });

it('says what time it is, and lets time pass', async () => {
  await using cluster = await createCluster();
  const before = cluster.clock.now();
  expect((await ask(cluster)).status).toEqual({ now: '2026-01-01T00:00:00.000000Z', mode: 'Virtual', paused: true });
  expect((await ask(cluster, { advance: '1h30m' })).status.now).toBe('2026-01-01T01:30:00.000000Z');
  expect(cluster.clock.now() - before).toBe(5_400_000);
});

it('steps to the next moment at which something is due', async () => {
  await using cluster = await createCluster();
  const before = cluster.clock.now();
  const { status } = await ask(cluster, { step: true });
  const after = cluster.clock.now();
  expect(after).toBeGreaterThan(before);
  expect(status.now).toBe(microTimestamp(after));
  expect(await cluster.step()).toBe(true);
  expect(cluster.clock.now()).toBeGreaterThan(after);
});

it('goes on with the machine’s time until it is paused', async () => {
  await using cluster = await createCluster();
  expect((await ask(cluster, { paused: false })).status.paused).toBe(false);
  const from = cluster.clock.now();
  while (cluster.clock.now() < from + 50) await new Promise((resolve) => setTimeout(resolve, 5));
  const { status } = await ask(cluster, { paused: true });
  expect(status.paused).toBe(true);
  const still = cluster.clock.now();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(cluster.clock.now()).toBe(still);
});

test.each([
  ['a duration that is none', { advance: '5 minutes' }, 'spec.advance: Invalid value: "5 minutes"'],
  ['a step that is neither', { step: 1 }, 'spec.step: Invalid value: 1'],
  ['a pause that is neither', { paused: 'yes' }, 'spec.paused: Invalid value: "yes"'],
])('refuses %s', async (_name, spec, message) => {
  await using cluster = await createCluster();
  await expect(ask(cluster, spec)).rejects.toThrow(message);
});

it('cannot move the machine’s clock, and says how to have another', async () => {
  await using cluster = await createCluster({ clock: 'real' });
  expect((await ask(cluster)).status).toMatchObject({ mode: 'Real', paused: false });
  await expect(ask(cluster, { advance: '5m' })).rejects.toThrow('start it with --clock virtual');
});
