import type { Clock, Hop, TraceSink } from '@kubarium/shared';

/** A hop with when it was reported, in milliseconds since the request began, and how much of that has passed since the hop before it. */
export type TimedHop = Hop & { readonly timeMs: number; readonly spentMs: number };

/** Keeps the hops of one request. `joins` may put what else is known before a hop that was reported, as a hop of its own. */
export class TraceRecorder implements TraceSink {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #joins: ((hop: Hop, before: readonly Hop[]) => Hop | undefined) | undefined;
  readonly #hops: TimedHop[] = [];

  constructor(clock: Clock, joins?: (hop: Hop, before: readonly Hop[]) => Hop | undefined) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#joins = joins;
  }

  hop(hop: Hop): void {
    const timeMs = this.elapsedMs;
    const joined = this.#joins?.(hop, this.#hops);
    // What is joined is known at no cost of time: what has passed was spent on the hop that waited for it.
    if (joined !== undefined) this.#hops.push({ ...joined, timeMs, spentMs: 0 });
    this.#hops.push({ ...hop, timeMs, spentMs: timeMs - this.#lastMs });
    this.#lastMs = timeMs;
  }

  #lastMs = 0;

  get hops(): readonly TimedHop[] {
    return this.#hops;
  }

  /** Since it began. */
  get elapsedMs(): number {
    return this.#clock.now() - this.#startMs;
  }
}
