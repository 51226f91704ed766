import { expect, it } from 'vitest';
import { slowStart } from './slow-start.ts';

it.each([
  ['writes all where nothing fails', 20, Infinity, { succeeded: 20 }, 20],
  ['asks once where everything fails', 20, 0, { succeeded: 0 }, 1],
  ['stops after the batch that failed', 20, 5, { succeeded: 5 }, 7],
])('%s', async (_title, count, failAfter, expected, attempts) => {
  let made = 0;
  const result = await slowStart(count, async () => {
    if (made++ >= failAfter) throw new Error('quota');
  });
  expect(result).toMatchObject(expected);
  expect(result.error === undefined).toBe(failAfter === Infinity);
  expect(made).toBe(attempts);
});
