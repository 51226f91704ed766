import type { Clock, Hop, TraceSink } from '@kubarium/shared';

/** A hop with the milliseconds since the request began. */
export type TimedHop = Hop & { readonly timeMs: number };

/** Keeps the hops of one request. `joins` may put what else is known before a hop that was reported, as a hop of its own. */
export class TraceRecorder implements TraceSink {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #joins: (hop: Hop, before: readonly Hop[]) => Hop | undefined;
  readonly #hops: TimedHop[] = [];

  constructor(clock: Clock, joins: (hop: Hop, before: readonly Hop[]) => Hop | undefined = () => undefined) {
    this.#clock = clock;
    this.#startMs = clock.now();
    this.#joins = joins;
  }

  hop(hop: Hop): void {
    const timeMs = this.#clock.now() - this.#startMs;
    const joined = this.#joins(hop, this.#hops);
    if (joined !== undefined) this.#hops.push({ ...joined, timeMs });
    this.#hops.push({ ...hop, timeMs });
  }

  get hops(): readonly TimedHop[] {
    return this.#hops;
  }
}
