import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';

const FIRST_RETRY_MS = 5;
const LONGEST_RETRY_MS = 1_000_000;

interface Delayed {
  readonly at: number;
  readonly timer: Timer;
}

/**
 * A queue of keys as client-go's workqueue: fair (first in, first out), stingy (a key added many times before it is taken is
 * taken once), never two at once (a key added while it is being worked on comes again after `done`), and patient (failures of
 * one key are repeated after 5 ms, doubling up to 1,000 s, on the cluster's clock).
 */
export class WorkQueue<K = string> {
  readonly #runtime: Pick<Runtime, 'clock' | 'activity'>;
  /** Keys that need work, those in work included. */
  readonly #dirty = new Set<K>();
  readonly #working = new Set<K>();
  readonly #delayed = new Map<K, Delayed>();
  readonly #failures = new Map<K, number>();
  readonly #takers: ((key: K | undefined) => void)[] = [];
  #ready: K[] = [];
  /** Index of the first of `#ready`, so that taking does not move the rest. */
  #head = 0;
  #isShutDown = false;

  constructor(runtime: Pick<Runtime, 'clock' | 'activity'>) {
    this.#runtime = runtime;
  }

  /** Keys that wait to be taken; not those in work or delayed. */
  get length(): number {
    return this.#ready.length - this.#head;
  }

  /** True while no key waits and none is in work. Delayed keys are the clock's business. */
  get idle(): boolean {
    return this.length === 0 && this.#working.size === 0;
  }

  add(key: K): void {
    if (this.#isShutDown || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    this.#runtime.activity?.begin();
    if (!this.#working.has(key)) this.#offer(key);
  }

  /** Adds the key later; the earliest of several moments counts. */
  addAfter(key: K, delayMs: number): void {
    if (this.#isShutDown) return;
    if (delayMs <= 0) return this.add(key);
    const at = this.#runtime.clock.now() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined && earlier.at <= at) return;
    earlier?.timer.cancel();
    const timer = this.#runtime.clock.setTimer(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, timer });
  }

  /** Adds the key after a delay that doubles with each call since the last `forget`. */
  addRateLimited(key: K): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS));
  }

  /** Ends the key's series of failures. */
  forget(key: K): void {
    this.#failures.delete(key);
  }

  /** How often the key was added rate-limited since the last `forget`. */
  failures(key: K): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Takes the next key, waiting for one; undefined once the queue is shut down. Each key taken must be given to `done`. */
  take(): Promise<K | undefined> {
    if (this.length > 0) return Promise.resolve(this.#next());
    if (this.#isShutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: K): void {
    this.#working.delete(key);
    if (this.#dirty.has(key)) this.#offer(key);
    this.#runtime.activity?.end();
  }

  /** Takes nothing more; what waits is dropped, what is in work may end. */
  shutDown(): void {
    if (this.#isShutDown) return;
    this.#isShutDown = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#runtime.activity?.end(this.#dirty.size);
    this.#dirty.clear();
    this.#ready = [];
    this.#head = 0;
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #offer(key: K): void {
    this.#ready.push(key);
    const taker = this.#takers.shift();
    if (taker !== undefined) taker(this.#next());
  }

  #next(): K {
    const key = this.#ready[this.#head++]!;
    if (this.#head > 1024 && this.#head * 2 > this.#ready.length) {
      this.#ready = this.#ready.slice(this.#head);
      this.#head = 0;
    }
    this.#dirty.delete(key);
    this.#working.add(key);
    return key;
  }
}
