import type { Event, EventSource, ObjectReference } from '../api/core-v1.ts';

/** One happening, as a component reports it. */
export interface Occurrence {
  readonly involvedObject: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** An event object as it should now stand in the API. `key` tells which object that is, across calls. */
export interface CorrelatedEvent {
  readonly key: string;
  readonly message: string;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** The figures of client-go's tools/record/events_cache.go. */
const REMEMBERED = 4096;
const SIMILAR_MAX = 10;
const SIMILAR_INTERVAL_MS = 600_000;
const BURST = 25;
const REFILL_MS = 300_000;

/**
 * Keeps repetition out of the API, as client-go does: (1) from the tenth different message of one kind within ten minutes on, they become
 * one `(combined from similar events)`; (2) the same message again raises `count`; (3) one component may report 25 events on
 * one object, then one every five minutes.
 */
export class EventCorrelator {
  readonly #source: string;
  readonly #similar = new Map<string, { messages: Set<string>; lastMs: number }>();
  readonly #seen = new Map<string, CorrelatedEvent>();
  readonly #budgets = new Map<string, { tokens: number; atMs: number }>();

  constructor(source: EventSource) {
    this.#source = `${source.component ?? ''}/${source.host ?? ''}`;
  }

  /** The event to write now, or undefined where the object's budget is spent. */
  observe(occurrence: Occurrence, nowMs: number): CorrelatedEvent | undefined {
    const { key, message } = this.#aggregate(occurrence, nowMs);
    const known = this.#seen.get(key);
    const event: CorrelatedEvent = {
      key,
      message,
      count: (known?.count ?? 0) + 1,
      firstSeenMs: known?.firstSeenMs ?? nowMs,
      lastSeenMs: nowMs,
    };
    remember(this.#seen, key, event);
    return this.#spend(occurrence.involvedObject, nowMs) ? event : undefined;
  }

  /** Begins anew with the next occurrence: the event's object is gone from the API. */
  forget(key: string): void {
    this.#seen.delete(key);
  }

  #aggregate({ involvedObject, type, reason, message }: Occurrence, nowMs: number): { key: string; message: string } {
    const kind = `${this.#source}/${objectIdentity(involvedObject)}/${involvedObject.fieldPath ?? ''}/${type}/${reason}`;
    let group = this.#similar.get(kind);
    if (group === undefined || nowMs - group.lastMs > SIMILAR_INTERVAL_MS)
      group = { messages: new Set(), lastMs: nowMs };
    group.messages.add(message);
    group.lastMs = nowMs;
    remember(this.#similar, kind, group);
    if (group.messages.size < SIMILAR_MAX) return { key: `${kind}/${message}`, message };
    group.messages.delete(message);
    return { key: kind, message: `(combined from similar events): ${message}` };
  }

  #spend(object: ObjectReference, nowMs: number): boolean {
    const key = objectIdentity(object);
    const budget = this.#budgets.get(key) ?? { tokens: BURST, atMs: nowMs };
    const tokens = Math.min(BURST, budget.tokens + (nowMs - budget.atMs) / REFILL_MS);
    remember(this.#budgets, key, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs });
    return tokens >= 1;
  }
}

/** The wire form of a correlated event. */
export function eventDraft(
  correlated: CorrelatedEvent,
  occurrence: Occurrence,
  source: EventSource,
  format: (milliseconds: number) => string,
): Omit<Event, 'metadata'> {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: occurrence.involvedObject,
    reason: occurrence.reason,
    message: correlated.message,
    type: occurrence.type,
    source,
    reportingComponent: source.component ?? '',
    reportingInstance: source.host ?? '',
    count: correlated.count,
    firstTimestamp: format(correlated.firstSeenMs),
    lastTimestamp: format(correlated.lastSeenMs),
  };
}

const objectIdentity = ({ apiVersion, kind, namespace, name, uid }: ObjectReference): string =>
  [apiVersion, kind, namespace, name, uid].join('/');

/** Sets an entry as the newest and drops the oldest beyond the limit. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
}
