import type { ObjectReference } from '../api/core-v1.ts';
import type { ApiObject } from '../api/object.ts';
import { EVENTS } from '../api/resources.ts';
import { isAlreadyExists, isNotFound, StatusError } from '../apimachinery/status-error.ts';
import { sleep } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { EventSeries, Occurrence } from './event-correlator.ts';
import { coreEvents, type EventStyle } from './event-style.ts';
import type { KubeClient } from './kube-client.ts';

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly runtime: Runtime;
  /** Who reports: `deployment-controller`, `kubelet`. */
  readonly component: string;
  /** The node that it reports from, for those that run on one. */
  readonly host?: string | undefined;
  /** As core/v1 means them where nothing is said. */
  readonly style?: EventStyle | undefined;
}

export interface EventDetails {
  /** The part of the object that is meant: `spec.containers{web}`. */
  readonly fieldPath?: string | undefined;
  /** What the component was about to do: `Binding`. */
  readonly action?: string | undefined;
}

/** One event object that is to be brought up to date. */
interface Report {
  readonly series: EventSeries;
  readonly occurrence: Occurrence;
  /** It was reported once more since its write began. */
  isStale: boolean;
}

const WAITING_MAX = 20_000;
const UNREACHABLE_ATTEMPTS = 12;
const UNREACHABLE_DELAY_MS = 10_000;

/**
 * Writes Events about objects. Reporting never blocks and never fails its caller: writes happen later, one after the other, so
 * that in a rollout they come behind what they tell of and not before it; repetitions are counted in one object (EventStyle); and
 * what the API refuses is dropped. All of that as client-go's recorders do.
 */
export class EventRecorder implements AsyncDisposable {
  readonly #client: KubeClient;
  readonly #runtime: Runtime;
  readonly #random: Random;
  readonly #component: string;
  readonly #style: EventStyle;
  readonly #stop = new AbortController();
  /** Reported, and not yet as it should be in the API. */
  readonly #unwritten = new Map<EventSeries, Report>();
  readonly #waiting: Report[] = [];
  /** Goes on until none waits. */
  #writing: Promise<void> | undefined;
  #lastName = 0n;

  constructor({ client, runtime, component, host, style }: EventRecorderOptions) {
    this.#client = client;
    this.#runtime = runtime;
    this.#random = runtime.random.fork(`events/${component}/${host ?? ''}`);
    this.#component = component;
    this.#style = style ?? coreEvents(host === undefined ? { component } : { component, host });
  }

  /** Reports that something happened to an object. */
  event(
    object: ApiObject | ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    { fieldPath, action }: EventDetails = {},
  ): void {
    if (this.#stop.signal.aborted) return;
    const reference = 'metadata' in object ? referenceTo(object) : object;
    const involvedObject = fieldPath === undefined ? reference : { ...reference, fieldPath };
    const occurrence: Occurrence = { involvedObject, type, reason, message, action };
    const series = this.#style.observe(occurrence, this.#runtime.clock.now());
    if (series === undefined) return;
    const unwritten = this.#unwritten.get(series);
    if (unwritten === undefined) this.#offer({ series, occurrence, isStale: false });
    else unwritten.isStale = true;
  }

  /** Drops what is not yet written; resolves once no write is on its way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    this.#runtime.activity?.end(this.#waiting.splice(0).length);
    await this.#writing;
  }

  #offer(report: Report): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#runtime.logger.warn({ component: this.#component }, 'too many events wait to be written; dropped one');
      return;
    }
    this.#unwritten.set(report.series, report);
    this.#runtime.activity?.begin();
    this.#waiting.push(report);
    this.#writing ??= Promise.resolve().then(() => this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    for (let report; (report = this.#waiting.shift()) !== undefined;) {
      await this.#write(report).finally(() => this.#runtime.activity?.end());
    }
    // Within the same turn as the last look: whatever comes from now on begins anew.
    this.#writing = undefined;
  }

  /** Brings one event object up to date; what is reported meanwhile goes into one more write. */
  async #write(report: Report): Promise<void> {
    const { series, occurrence } = report;
    try {
      for (let attempt = 1; ;) {
        const { name } = series;
        report.isStale = false;
        try {
          if (name === undefined) await this.#create(series, occurrence);
          else await this.#patch(series, namespaceOf(occurrence), name);
          if (!report.isStale) return;
        } catch (error) {
          if (!(error instanceof StatusError)) throw error;
          if (isAlreadyExists(error)) continue;
          if (isNotFound(error) && name !== undefined) {
            // It expired; what happened since is a new one.
            series.name = undefined;
            continue;
          }
          if (error.code !== 503 || attempt++ >= UNREACHABLE_ATTEMPTS) {
            this.#runtime.logger.debug({ reason: occurrence.reason, error: error.message }, 'event refused; dropped');
            this.#style.forget(occurrence, series);
            return;
          }
          await sleep(this.#runtime.clock, UNREACHABLE_DELAY_MS, this.#stop.signal).catch(() => {});
          if (this.#stop.signal.aborted) return;
        }
      }
    } finally {
      // Within the same turn as the last look at it: whatever comes from now on is a report of its own.
      this.#unwritten.delete(series);
    }
  }

  async #create(series: EventSeries, occurrence: Occurrence): Promise<void> {
    const name = this.#eventName(occurrence.involvedObject.name ?? '', series.lastSeenMs);
    await this.#client.create(EVENTS, {
      metadata: { namespace: namespaceOf(occurrence), name },
      ...this.#style.draft(series, occurrence),
    });
    series.name = name;
  }

  async #patch(series: EventSeries, namespace: string, name: string): Promise<void> {
    const patch = this.#style.change(series);
    await this.#client.patch(EVENTS, { namespace, name }, 'application/strategic-merge-patch+json', patch);
  }

  /**
   * `NAME.hex`, the hexadecimal being nanoseconds since 1970. Those below a millisecond are drawn, so that names differ, and grow, so
   * that a list has what was reported first before what came later.
   */
  #eventName(name: string, atMs: number): string {
    const drawn = BigInt(Math.floor(atMs)) * 1_000_000n + BigInt(this.#random.integer(1_000_000));
    this.#lastName = drawn > this.#lastName ? drawn : this.#lastName + 1n;
    return `${name.slice(0, 236)}.${this.#lastName.toString(16)}`;
  }
}

const namespaceOf = ({ involvedObject }: Occurrence): string => involvedObject.namespace || 'default';

/** How an event names the object that it is about. */
export function referenceTo(object: ApiObject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    apiVersion: object.apiVersion,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    uid,
    resourceVersion,
  };
}
