import type { Activity } from './activity.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Turns of the event loop without any activity after which the cluster counts as quiet: a stream hands data on within one. */
const QUIET_TURNS = 3;

/** Somebody who waits for time to pass. */
interface Goal {
  /** The moment beyond which this one does not want to go. */
  readonly until: number;
  /** Looked at whenever all is at rest. */
  isMet(): boolean | Promise<boolean>;
  resolve(isMet: boolean): void;
  reject(error: unknown): void;
}

/**
 * Moves a virtual clock the way a whole cluster can follow: between two moments everything that the first one set off has come to
 * rest. At rest means that no work is counted by `activity` (queues, requests, bytes on their way) and nothing more happens by
 * itself in the event loop. Several callers may wait at the same time: time goes on for all of them, in one order.
 */
export class VirtualTime {
  readonly clock: VirtualClock;
  readonly #activity: Activity;
  readonly #goals = new Set<Goal>();
  #moving = false;
  #atRest = false;

  constructor(clock: VirtualClock, activity: Activity) {
    this.clock = clock;
    this.#activity = activity;
  }

  /** Resolves once everything that can happen without time passing has happened. Within a condition of `advanceUntil` that is so. */
  async settle(): Promise<void> {
    if (!this.#atRest) await this.advanceUntil(() => true, 0);
  }

  /** Lets so many milliseconds pass, moment by moment. */
  async advance(milliseconds: number): Promise<void> {
    await this.advanceUntil(() => false, milliseconds);
  }

  /** Goes on to the next moment at which something is due, and comes to rest there; false where nothing ever will be. */
  async step(): Promise<boolean> {
    await this.settle();
    const next = this.clock.nextTimer();
    if (next !== undefined) await this.advance(next - this.clock.now());
    return next !== undefined;
  }

  /**
   * Lets time pass until the condition holds, at most `limitMs` (by default an hour) of it; resolves with whether it does. The
   * condition is looked at whenever all is at rest.
   */
  advanceUntil(condition: () => boolean | Promise<boolean>, limitMs: number = 3_600_000): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#goals.add({ until: this.clock.now() + limitMs, isMet: condition, resolve, reject });
      if (!this.#moving) void this.#move();
    });
  }

  async #move(): Promise<void> {
    this.#moving = true;
    while (this.#goals.size > 0) {
      await this.#rest();
      // Who has reached a goal acts before time goes on.
      this.#atRest = true;
      const served = await this.#serveGoals();
      this.#atRest = false;
      if (served) continue;
      let limit = Infinity;
      for (const { until } of this.#goals) limit = Math.min(limit, until);
      if (!this.clock.fireMoment(limit) && limit === Infinity) this.#giveUp();
    }
    this.#moving = false;
  }

  async #serveGoals(): Promise<boolean> {
    let served = false;
    for (const goal of Array.from(this.#goals)) {
      try {
        const isMet = await goal.isMet();
        if (!isMet && this.clock.now() < goal.until) continue;
        goal.resolve(isMet);
      } catch (error) {
        goal.reject(error);
      }
      this.#goals.delete(goal);
      served = true;
    }
    return served;
  }

  /** No timer is set and nothing goes on: nothing will ever happen by itself. */
  #giveUp(): void {
    for (const goal of this.#goals) goal.resolve(false);
    this.#goals.clear();
  }

  /** Timers that are due at once fire at rest as well: what they find does not depend on when this is called. */
  async #rest(): Promise<void> {
    do {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = this.#activity.idle ? quiet + 1 : 0) await nextTurn();
    } while (this.#isDue() && this.clock.fireMoment(this.clock.now()));
  }

  #isDue(): boolean {
    const next = this.clock.nextTimer();
    return next !== undefined && next <= this.clock.now();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
