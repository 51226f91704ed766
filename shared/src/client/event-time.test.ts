import { expect, it } from 'vitest';
import type { Event } from '../api/core-v1.ts';
import { inOrderOfTime } from './event-time.ts';

const event = (name: string, resourceVersion: string, times: Partial<Event>): Event =>
  ({ metadata: { name, resourceVersion }, involvedObject: {}, ...times }) as Event;

it('puts events of either version in order, by the second in which they happened last', () => {
  const events = [
    event('started', '9', { lastTimestamp: '2026-01-01T00:00:01Z' }),
    event('scheduled', '8', { eventTime: '2026-01-01T00:00:01.900000Z' }),
    event('waited', '7', {
      eventTime: '2026-01-01T00:00:00.000000Z',
      series: { count: 2, lastObservedTime: '2026-01-01T00:00:09.000000Z' },
    }),
    event('seen', '6', { lastTimestamp: '2026-01-01T00:00:02Z' }),
  ];
  expect(inOrderOfTime(events).map(({ metadata }) => metadata.name)).toEqual([
    'scheduled',
    'started',
    'seen',
    'waited',
  ]);
});
