import { expect, it } from 'vitest';
import { ChangeTracker } from './change-tracker.ts';

it('folds a burst into what was before it and what is after it', () => {
  const tracker = new ChangeTracker<string>();
  tracker.note('a', undefined, 'a1');
  tracker.note('b', 'b1', 'b2');
  tracker.note('a', 'a1', 'a2');
  tracker.note('b', 'b2', undefined);
  expect(tracker.take()).toEqual([
    { key: 'a', previous: undefined, current: 'a2' },
    { key: 'b', previous: 'b1', current: undefined },
  ]);
  expect(tracker.take()).toEqual([]);
});

it('says nothing of what came and went within a burst', () => {
  const tracker = new ChangeTracker<string>();
  tracker.note('a', undefined, 'a1');
  tracker.note('a', 'a1', undefined);
  expect(tracker.take()).toEqual([]);
});
