import type { Clock, Hop, TraceSink } from '@kubarium/shared';

/** Keeps the hops of one request, each with the milliseconds since the request began. */
export class TraceRecorder implements TraceSink {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #hops: (Hop & { readonly timeMs: number })[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.now();
  }

  hop(hop: Hop): void {
    this.#hops.push({ ...hop, timeMs: this.#clock.now() - this.#startMs });
  }

  get hops(): readonly (Hop & { readonly timeMs: number })[] {
    return this.#hops;
  }
}
