import type { Activity } from './activity.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Turns of the event loop without any activity after which the cluster counts as quiet: a stream hands data on within one. */
const QUIET_TURNS = 3;

/**
 * Moves a virtual clock the way a whole cluster can follow: between two moments everything that the first one set off has come to
 * rest. At rest means that no work is counted by `activity` (queues, requests, bytes on their way) and nothing more happens by
 * itself in the event loop.
 */
export class VirtualTime {
  readonly clock: VirtualClock;
  readonly #activity: Activity;

  constructor(clock: VirtualClock, activity: Activity) {
    this.clock = clock;
    this.#activity = activity;
  }

  /** Resolves once everything that can happen without time passing has happened. */
  async settle(): Promise<void> {
    let quiet = 0;
    while (quiet < QUIET_TURNS) {
      await nextTurn();
      if (this.clock.nextTimer() === this.clock.now()) this.clock.fireNext();
      else if (this.#activity.idle) {
        quiet++;
        continue;
      }
      quiet = 0;
    }
  }

  /** Lets so many milliseconds pass, moment by moment. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.clock.now() + milliseconds;
    await this.settle();
    while (this.clock.fireNext(until)) await this.settle();
  }

  /**
   * Lets time pass until the condition holds, at most `limitMs` (by default an hour) of it; resolves with whether it does. The
   * condition is looked at whenever all is at rest.
   */
  async advanceUntil(condition: () => boolean | Promise<boolean>, limitMs: number = 3_600_000): Promise<boolean> {
    const until = this.clock.now() + limitMs;
    await this.settle();
    while (!(await condition())) {
      if (!this.clock.fireNext(until)) return condition();
      await this.settle();
    }
    return true;
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
