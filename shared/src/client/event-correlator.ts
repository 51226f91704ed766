import type { ObjectReference } from '../api/core-v1.ts';

/** One happening, as a component reports it. */
export interface Occurrence {
  readonly involvedObject: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** What the component was about to do (`Binding`); events of core/v1 do not tell. */
  readonly action?: string | undefined;
}

/** An event object as it should stand in the API: what has happened to an object in the same words, however often. */
export class EventSeries {
  /** What the object is called, once it has been written. */
  name: string | undefined;
  message: string;
  count = 0;
  readonly firstSeenMs: number;
  lastSeenMs: number;

  constructor(message: string, nowMs: number) {
    this.message = message;
    this.firstSeenMs = nowMs;
    this.lastSeenMs = nowMs;
  }
}

/** What was reported of one object for one reason. */
interface ReasonHistory {
  readonly fieldPath: string | undefined;
  readonly type: string;
  readonly reason: string;
  /** When the messages began that count as similar, and when the last of them came. */
  sinceMs: number;
  lastMs: number;
  /** By message; the one seen last at the end. */
  series: readonly EventSeries[];
  combined: EventSeries | undefined;
}

interface ObjectHistory {
  /** How many more events the object may cause, as of a moment. */
  tokens: number;
  atMs: number;
  /** Never appended to: a list that grows takes room for many more. */
  reasons: readonly ReasonHistory[];
}

/** The figures of client-go's tools/record/events_cache.go. */
const REMEMBERED = 4096;
const SIMILAR_MAX = 10;
const SIMILAR_INTERVAL_MS = 600_000;
const BURST = 25;
const REFILL_MS = 300_000;

/** How many messages are remembered of one object for one reason. */
const MESSAGES_MAX = 4 * SIMILAR_MAX;

/**
 * Keeps repetition out of the API, as client-go does: (1) from the tenth different message of one kind within ten minutes on, they become
 * one `(combined from similar events)`; (2) the same message again raises `count`; (3) one component may report 25 events on
 * one object, then one every five minutes. It remembers the objects of which something was reported last.
 */
export class EventCorrelator {
  readonly #objects = new Map<string, ObjectHistory>();

  /** The event to write now, or undefined where the object's budget is spent. */
  observe(occurrence: Occurrence, nowMs: number): EventSeries | undefined {
    const object = this.#historyOf(occurrence.involvedObject, nowMs);
    const series = seriesOf(reasonOf(object, occurrence, nowMs), occurrence.message, nowMs);
    series.count++;
    series.lastSeenMs = nowMs;
    return spend(object, nowMs) ? series : undefined;
  }

  /** Begins anew with the next occurrence: the event's object is gone from the API. */
  forget({ involvedObject, type, reason }: Occurrence, series: EventSeries): void {
    const history = this.#objects.get(identityOf(involvedObject))?.reasons.find(isOf(involvedObject, type, reason));
    if (history === undefined) return;
    if (history.combined === series) history.combined = undefined;
    history.series = history.series.filter((one) => one !== series);
  }

  #historyOf(object: ObjectReference, nowMs: number): ObjectHistory {
    const identity = identityOf(object);
    const history = this.#objects.get(identity) ?? { tokens: BURST, atMs: nowMs, reasons: [] };
    this.#objects.delete(identity);
    this.#objects.set(identity, history);
    if (this.#objects.size > REMEMBERED) this.#objects.delete(this.#objects.keys().next().value!);
    return history;
  }
}

const identityOf = ({ kind, namespace, name, uid }: ObjectReference): string =>
  uid || [kind, namespace, name].join('/');

const isOf =
  ({ fieldPath }: ObjectReference, type: string, reason: string) =>
  (history: ReasonHistory): boolean =>
    history.reason === reason && history.type === type && history.fieldPath === fieldPath;

function reasonOf(object: ObjectHistory, { involvedObject, type, reason }: Occurrence, nowMs: number): ReasonHistory {
  let history = object.reasons.find(isOf(involvedObject, type, reason));
  if (history === undefined) {
    const { fieldPath } = involvedObject;
    history = { fieldPath, type, reason, sinceMs: nowMs, lastMs: nowMs, series: [], combined: undefined };
    object.reasons = object.reasons.concat(history);
  }
  if (nowMs - history.lastMs > SIMILAR_INTERVAL_MS) history.sinceMs = nowMs;
  history.lastMs = nowMs;
  return history;
}

/** The series of a message: its own, or the one of all that is similar. */
function seriesOf(history: ReasonHistory, message: string, nowMs: number): EventSeries {
  const { series, sinceMs } = history;
  const others = series.filter((one) => one.message !== message);
  if (others.filter(({ lastSeenMs }) => lastSeenMs >= sinceMs).length + 1 < SIMILAR_MAX) {
    const own = series.find((one) => one.message === message) ?? new EventSeries(message, nowMs);
    history.series = others.slice(1 - MESSAGES_MAX).concat(own);
    return own;
  }
  history.combined ??= new EventSeries('', nowMs);
  history.combined.message = `(combined from similar events): ${message}`;
  return history.combined;
}

function spend(object: ObjectHistory, nowMs: number): boolean {
  const tokens = Math.min(BURST, object.tokens + (nowMs - object.atMs) / REFILL_MS);
  object.tokens = tokens < 1 ? tokens : tokens - 1;
  object.atMs = nowMs;
  return tokens >= 1;
}
