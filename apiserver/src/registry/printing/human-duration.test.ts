import { expect, it } from 'vitest';
import { humanDuration } from './human-duration.ts';

const S = 1;
const M = 60;
const H = 3600;
const D = 86_400;

it.each([
  [-5 * S, '<invalid>'],
  [-1.5 * S, '0s'],
  [0, '0s'],
  [119 * S, '119s'],
  [2 * M, '2m'],
  [2 * M + 5, '2m5s'],
  [10 * M + 59, '10m'],
  [179 * M, '179m'],
  [3 * H, '3h'],
  [7 * H + 30 * M, '7h30m'],
  [47 * H, '47h'],
  [2 * D, '2d'],
  [2 * D + 3 * H, '2d3h'],
  [8 * D + 3 * H, '8d'],
  [729 * D, '729d'],
  [730 * D, '2y'],
  [740 * D, '2y10d'],
  [8 * 365 * D + D, '8y'],
])('shows %d seconds as %s', (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});
