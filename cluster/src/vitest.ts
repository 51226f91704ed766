import { test as base, type TestAPI } from 'vitest';
import { createCluster, type Cluster, type CreateClusterOptions } from './create-cluster.ts';

/**
 * A vitest `test` whose tests each get a `cluster` of their own, in virtual time, with these options; it is stopped after the test.
 *
 *     const test = clusterTest({ nodes: 1 });
 *     test('answers', async ({ cluster }) => { ... });
 */
export const clusterTest = (options: CreateClusterOptions = {}): TestAPI<{ cluster: Cluster }> =>
  base.extend<{ cluster: Cluster }>({
    // oxlint wants no empty pattern; vitest finds a fixture's needs by its pattern.
    cluster: async ({ task: _task }, use) => {
      await using cluster = await createCluster(options);
      await use(cluster);
    },
  });
