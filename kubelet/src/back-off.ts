/**
 * A delay that doubles with each failure, from `initialMs` up to `maxMs`, and begins anew when nothing failed for twice the
 * longest delay (client-go `flowcontrol.Backoff`, which the kubelet uses for crashing containers and for images).
 */
export class BackOff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  #delayMs = 0;
  #updatedMs = 0;

  constructor(initialMs = 10_000, maxMs = 300_000) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** The present delay; 0 before the first failure. */
  get delayMs(): number {
    return this.#delayMs;
  }

  /** How long to wait at `nowMs` for something that failed at `failedMs`; 0 where it may be tried at once. */
  remaining(failedMs: number, nowMs: number): number {
    if (this.#delayMs === 0 || this.#hasExpired(failedMs)) return 0;
    return Math.max(0, failedMs + this.#delayMs - nowMs);
  }

  /** Notes one more try after a failure at `failedMs`. */
  next(failedMs: number, nowMs: number): void {
    this.#delayMs =
      this.#delayMs === 0 || this.#hasExpired(failedMs) ? this.#initialMs : Math.min(this.#delayMs * 2, this.#maxMs);
    this.#updatedMs = nowMs;
  }

  #hasExpired(failedMs: number): boolean {
    return failedMs - this.#updatedMs > 2 * this.#maxMs;
  }
}
