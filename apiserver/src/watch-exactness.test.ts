import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overHttps } from './endpoints/testing/http-watch-way.ts';
import { testServer } from './endpoints/testing/test-server.ts';
import { fakeDefinition, namespaces } from './registry/testing/fake-definitions.ts';
import { registryOf, type TestRegistry } from './registry/testing/test-registry.ts';
import { followWatches, watchSteps } from './registry/testing/watch-model.ts';
import { inProcess, type WatchWay } from './registry/testing/watch-way.ts';

/** Each way to watch, on each store, against the model; `RUNS=1000` for the long form. */

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const RUNS = Number(process.env['RUNS'] ?? 4);

type MakeWay = (test: TestRegistry, parts: AsyncDisposableStack) => Promise<WatchWay>;

const called: MakeWay = async ({ registry, context }) => inProcess(registry, context);

const served: MakeWay = async ({ registry, context: { runtime } }, parts) =>
  parts.use(overHttps(parts.use(await testServer({ registry, runtime }))));

it.each<[way: string, store: string, makeWay: MakeWay]>([
  ['in process', 'in memory', called],
  ['in process', 'on a file', called],
  ['over HTTPS', 'in memory', served],
  ['over HTTPS', 'on a file', served],
])(`watches are exact %s, with the store %s (SEED=${SEED} RUNS=${RUNS})`, async (way, store, makeWay) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'kubarium-watch-'));
  await using parts = new AsyncDisposableStack();
  const path = store === 'in memory' ? ':memory:' : join(folder.path, 'state.db');
  const test = await registryOf(() => [namespaces, fakeDefinition('widgets', 'Widget', {})], path);
  parts.use(test.storage);
  const reader = await makeWay(test, parts);
  let runs = 0;
  let told = 0;
  const property = fc.asyncProperty(watchSteps, async (steps) => {
    told += await followWatches(steps, test, reader, `run-${++runs}`);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  if (process.env['RUNS'] !== undefined) process.stdout.write(`${told} events told ${way}, store ${store}\n`);
  expect(told).toBeGreaterThan(100 * RUNS);
});
