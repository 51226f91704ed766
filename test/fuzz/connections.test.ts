import { expect, it } from 'vitest';
import { fuzzConnections } from './connections.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_129);

it(`lives through 1,000 broken connections and keeps none (SEED=${SEED})`, { timeout: 180_000 }, async () => {
  expect(await fuzzConnections({ connections: 1_000, seed: SEED })).toEqual([]);
});
