import { expect, test } from 'vitest';
import { lessonFlow } from '../testing/lesson-flow.ts';

/** Many more: RUNS=1000 */
const RUNS = Number(process.env['RUNS'] ?? 20);

test(`${RUNS} runs of the lesson with one seed have one transcript, side by side or one after another`, async () => {
  const [first, second] = await Promise.all([lessonFlow(7), lessonFlow(7)]);
  const hashes = new Set([first, second]);
  for (let run = 2; run < RUNS; run++) hashes.add(await lessonFlow(7));
  expect([...hashes]).toEqual([first]);
}, 600_000);

test('another seed makes another run', async () => {
  expect(await lessonFlow(8)).not.toBe(await lessonFlow(9));
});
