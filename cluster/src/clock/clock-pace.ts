import { sleep, type Clock, type VirtualTime } from '@kubarium/shared';

/** How often virtual time catches up with the machine's. */
const STEP_MS = 10;

/** Lets virtual time go on with the machine's, or stand still. It stands still at first. */
export class ClockPace implements AsyncDisposable {
  readonly time: VirtualTime;
  readonly #wall: Clock;
  #pause: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(time: VirtualTime, wall: Clock) {
    this.time = time;
    this.#wall = wall;
  }

  get paused(): boolean {
    return this.#running === undefined;
  }

  resume(): void {
    if (this.#running !== undefined) return;
    this.#pause = new AbortController();
    this.#running = this.#run(this.#pause.signal);
  }

  /** Resolves once time stands still. */
  async pause(): Promise<void> {
    this.#pause?.abort();
    await this.#running;
    this.#running = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pause();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let last = this.#wall.now();
    while (!signal.aborted) {
      await sleep(this.#wall, STEP_MS, signal).catch(() => undefined);
      const now = this.#wall.now();
      // The machine's clock may be set back.
      if (now > last) await this.time.advance(now - last);
      last = now;
    }
  }
}
