import type { Event, EventSource } from '../api/core-v1.ts';
import { microTimestamp, timestamp } from '../runtime/clock.ts';
import { EventCorrelator, EventSeries, type Occurrence } from './event-correlator.ts';

/** How a component tells what happens: client-go has a recorder for either version of events. */
export interface EventStyle {
  /** The event to write now, or undefined where nothing is to be written. */
  observe(occurrence: Occurrence, nowMs: number): EventSeries | undefined;
  /** Begins anew with the next occurrence: the event's object is gone from the API. */
  forget(occurrence: Occurrence, series: EventSeries): void;
  /** The event when it is made, */
  draft(series: EventSeries, occurrence: Occurrence): Omit<Event, 'metadata'>;
  /** and what a repetition changes of it. */
  change(series: EventSeries): object;
}

/** Events as core/v1 means them (client-go's tools/record): most components write these. */
export function coreEvents(source: EventSource): EventStyle {
  const correlator = new EventCorrelator();
  return {
    observe: (occurrence, nowMs) => correlator.observe(occurrence, nowMs),
    forget: (occurrence, series) => correlator.forget(occurrence, series),
    draft: (series, { involvedObject, reason, type }) => ({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject,
      reason,
      message: series.message,
      type,
      source,
      reportingComponent: source.component ?? '',
      reportingInstance: source.host ?? '',
      count: series.count,
      firstTimestamp: timestamp(series.firstSeenMs),
      lastTimestamp: timestamp(series.lastSeenMs),
    }),
    change: ({ count, message, lastSeenMs }) => ({ count, message, lastTimestamp: timestamp(lastSeenMs) }),
  };
}

const REMEMBERED = 4096;
const FINISHED_MS = 360_000;

/**
 * Events as events.k8s.io/v1 means them (client-go's tools/events): the scheduler writes these. The same about an unchanged object,
 * whatever the words, goes on one series; six minutes of silence end it.
 *
 * Simplified: each repetition is written; the real recorder writes the first one and then what has come together after some minutes.
 */
export function seriesEvents(component: string, instance: string): EventStyle {
  const known = new Map<string, EventSeries>();
  const keyOf = ({ involvedObject, type, reason, action }: Occurrence): string =>
    JSON.stringify([type, action, reason, involvedObject]);
  return {
    observe(occurrence, nowMs) {
      const key = keyOf(occurrence);
      const earlier = known.get(key);
      const isOver = earlier === undefined || nowMs - earlier.lastSeenMs > FINISHED_MS;
      const series = isOver ? new EventSeries(occurrence.message, nowMs) : earlier;
      series.count++;
      series.lastSeenMs = nowMs;
      known.delete(key);
      known.set(key, series);
      if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
      return series;
    },
    forget: (occurrence) => void known.delete(keyOf(occurrence)),
    draft: (series, { involvedObject, type, reason, action = reason }) => ({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject,
      action,
      reason,
      message: series.message,
      type,
      reportingComponent: component,
      reportingInstance: instance,
      eventTime: microTimestamp(series.firstSeenMs),
      ...continuation(series),
    }),
    change: continuation,
  };
}

const continuation = ({ count, lastSeenMs }: EventSeries): object =>
  count < 2 ? {} : { series: { count, lastObservedTime: microTimestamp(lastSeenMs) } };
