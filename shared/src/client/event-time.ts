import type { Event } from '../api/core-v1.ts';
import { parseTimestamp } from '../runtime/clock.ts';

/** The second in which an event happened last, in milliseconds: core/v1's events know no more of it, those of events.k8s.io do. */
export function lastSeenMs({ series, lastTimestamp, eventTime, metadata }: Event): number {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return Math.floor((parseTimestamp(time ?? '') || 0) / 1000) * 1000;
}

/** Oldest first; of one second, what was written earlier has the smaller resourceVersion. */
export const inOrderOfTime = (events: readonly Event[]): Event[] =>
  events.toSorted(
    (a, b) => lastSeenMs(a) - lastSeenMs(b) || Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion),
  );
