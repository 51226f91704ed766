import { env } from 'node:process';
import { seededRandom } from '@kubarium/shared';
import { describe, expect, it } from 'vitest';
import { createCluster, type Cluster } from '../create-cluster.ts';
import { explain } from '../testing/explained-cluster.ts';
import { fullStack, TIERS } from '../testing/full-stack.ts';
import { MUTATIONS } from '../testing/mutations.ts';

/** `SEED=7 MUTATIONS=200 npx vitest run cluster/src/explain/mutation.test.ts` runs more of them, and others. */
const SEED = Number(env['SEED'] ?? 1);
const COUNT = Number(env['MUTATIONS'] ?? 20);

const random = seededRandom(SEED);
const CASES = Array.from({ length: COUNT }, (_, number) => {
  const dice = random.fork(`mutation/${number}`);
  const tier = TIERS[random.integer(TIERS.length)]!;
  const mutation = MUTATIONS[random.integer(MUTATIONS.length)]!;
  // Half of the Deployments replace their pods at once, so that a broken template takes the traffic with it.
  const strategy = random.integer(2) === 0 ? ('Recreate' as const) : ('RollingUpdate' as const);
  return { number, dice, tier, mutation, strategy, title: `${mutation.name} (${tier.name}, ${strategy})` };
});

const answers = async (cluster: Cluster, request: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 3; attempt++) {
    if ((await cluster.pod('client').exec(request)).exitCode === 0) return true;
  }
  return false;
};

let stopped = 0;

describe(`a full stack that is broken in one place at random, seed ${SEED}`, () => {
  it.each(CASES)('$number: $title', { timeout: 60_000 }, async ({ tier, mutation, strategy, dice }) => {
    await using cluster = await createCluster({ seed: SEED });
    await cluster.apply(fullStack(strategy));
    await cluster.ready();
    await mutation.act(cluster, tier, dice);
    await cluster.advance('3m');
    const answer = await explain(cluster, { service: tier.name, from: 'client', port: String(tier.port) });
    const cause = typeof mutation.cause === 'string' ? mutation.cause : mutation.cause(tier);
    const isAnswered = await answers(cluster, tier.request);
    if (!isAnswered) stopped++;
    const isFailure = answer.verdict === 'Fails';
    const told = { isAnswered: !isFailure, cause: isFailure ? answer.cause : '', message: answer.message };
    expect(told).toMatchObject({ isAnswered, cause: isAnswered ? '' : cause });
  });

  it('stops the traffic in many of the cases', () => {
    expect(stopped).toBeGreaterThan(COUNT / 3);
  });
});
