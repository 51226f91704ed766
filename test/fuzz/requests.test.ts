import { expect, it } from 'vitest';
import { fuzzRequests } from './requests.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_123);

it(`answers 10,000 mutated requests without a bug (SEED=${SEED})`, { timeout: 180_000 }, async () => {
  const { problems, answers } = await fuzzRequests({ requests: 10_000, seed: SEED });
  expect(problems).toEqual([]);
  // Enough of the requests are right.
  expect(answers['200']).toBeGreaterThan(500);
  expect(answers['201']).toBeGreaterThan(100);
});
