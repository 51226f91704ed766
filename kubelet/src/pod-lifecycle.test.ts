import { expect, it } from 'vitest';
import { type PodEvent, type PodState, podTransition } from './pod-lifecycle.ts';

it.each<[string, PodEvent[], PodState]>([
  ['runs and ends', ['admitted', 'prepared', 'initialized', 'ended', 'halted'], 'stopped'],
  ['is refused', ['rejected'], 'stopped'],
  ['is deleted before it was taken', ['stop'], 'stopped'],
  ['is deleted while it is prepared', ['admitted', 'stop', 'prepared', 'halted', 'removed'], 'gone'],
  ['vanishes while it runs', ['admitted', 'prepared', 'initialized', 'removed', 'halted', 'removed'], 'gone'],
  ['fails to initialize', ['admitted', 'prepared', 'ended', 'halted'], 'stopped'],
])('a pod that %s', (_, events, expected) => {
  let state: PodState = 'admitting';
  for (const event of events) {
    const next = podTransition(state, event);
    expect(next).not.toBe('never');
    if (next !== 'stay') state = next as PodState;
  }
  expect(state).toBe(expected);
});
