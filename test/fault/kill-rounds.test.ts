import { expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_123);

it(`loses and repeats nothing in ten rounds of load and kill -9 (SEED=${SEED})`, { timeout: 120_000 }, async () => {
  const result = await killRounds({ rounds: 10, seed: SEED, maxLoadMs: 500 });
  expect(result.problems).toEqual([]);
  // How many depends on the machine.
  expect(result.acknowledgedWrites).toBeGreaterThan(100);
  expect(result.resumes).toBeGreaterThan(100);
});
