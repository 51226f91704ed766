import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Cluster } from 'kubarium';

/**
 * Times createCluster() once it is imported, and tells what one more idle cluster takes of memory, after a full collection:
 * node test/bench/create-cluster.ts [CLUSTERS]
 */
const count = Number(process.argv[2] ?? 20);

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const importedMs = performance.now();
const { createCluster } = await import('kubarium');
print(`import: ${(performance.now() - importedMs).toFixed(0)} ms`);

const timesMs: number[] = [];
for (let number = 0; number < count; number++) {
  const startedMs = performance.now();
  const cluster = await createCluster();
  timesMs.push(performance.now() - startedMs);
  await cluster[Symbol.asyncDispose]();
}
const [first, second] = timesMs as [number, number];
const median = timesMs.toSorted((a, b) => a - b)[count >> 1]!;
print(
  `createCluster(): ${first.toFixed(0)} ms the first time, then ${second.toFixed(0)} ms, median ${median.toFixed(0)} ms`,
);

// Not by a flag of the process: with other flags V8 would not take what it has compiled before.
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const megabytes = (): { readonly heap: number; readonly resident: number } => {
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: (heapUsed + external) / 2 ** 20, resident: rss / 2 ** 20 };
};
const clusters: Cluster[] = [];
const before = megabytes();
for (let number = 0; number < count; number++) {
  const cluster = await createCluster();
  await cluster.ready();
  clusters.push(cluster);
}
const after = megabytes();
const each = (of: 'heap' | 'resident'): string => ((after[of] - before[of]) / count).toFixed(1);
print(`one more idle cluster: ${each('resident')} MB, ${each('heap')} MB of them objects of JavaScript and buffers`);
for (const cluster of clusters) await cluster[Symbol.asyncDispose]();
