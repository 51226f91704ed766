/**
 * Counts the work under way: keys queued or being reconciled, events to be written, requests in flight. A virtual clock may
 * jump only while it is idle. Timers are not counted; the clock knows them.
 */
export class Activity {
  #count = 0;
  readonly #waiting: (() => void)[] = [];

  /** Says that `count` more pieces of work are under way. */
  begin(count = 1): void {
    this.#count += count;
  }

  /** Says that as many have ended. */
  end(count = 1): void {
    this.#count -= count;
    if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  get idle(): boolean {
    return this.#count === 0;
  }

  /** Resolves once nothing is under way; whoever awaits it looks again, since work may begin in between. */
  whenIdle(): Promise<void> {
    return this.idle ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
