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
  /** Whether it is being looked at: whoever does may want time to pass for that. */
  isLookedAt: boolean;
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
  #isStopped = false;
  /** How many have waited so far. */
  #goalsAdded = 0;
  /** Called when somebody more waits. */
  #onGoal = (): void => {};

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
   * condition is looked at whenever all is at rest; it may itself let time pass.
   */
  advanceUntil(condition: () => boolean | Promise<boolean>, limitMs: number = 3_600_000): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#isStopped) return resolve(false);
      const until = this.clock.now() + limitMs;
      this.#goals.add({ until, isMet: condition, isLookedAt: false, resolve, reject });
      this.#goalsAdded++;
      if (this.#moving) this.#onGoal();
      else void this.#move();
    });
  }

  /** Ends all waiting, with goals that were not met, for good: the work that time waits for may never end once its doers are gone. */
  stop(): void {
    this.#isStopped = true;
    for (const goal of this.#goals) goal.resolve(false);
    this.#goals.clear();
  }

  async #move(): Promise<void> {
    this.#moving = true;
    while (this.#goals.size > 0) await this.#moveWhile(() => this.#goals.size > 0);
    this.#moving = false;
  }

  async #moveWhile(isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      await this.#rest();
      if (!isWanted() || this.#isStopped) return;
      // Who has reached a goal acts before time goes on.
      this.#atRest = true;
      const served = await this.#serveGoals();
      this.#atRest = false;
      if (served) continue;
      let limit = Infinity;
      for (const { until } of this.#openGoals()) limit = Math.min(limit, until);
      if (!this.clock.fireMoment(limit) && limit === Infinity) this.#giveUp();
    }
  }

  #openGoals(): readonly Goal[] {
    return Array.from(this.#goals).filter(({ isLookedAt }) => !isLookedAt);
  }

  async #serveGoals(): Promise<boolean> {
    let served = false;
    for (const goal of this.#openGoals()) {
      try {
        goal.isLookedAt = true;
        const isMet = await this.#look(goal);
        goal.isLookedAt = false;
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

  /** Looks at a condition. While it waits for others to reach their goals, time goes on for those. */
  async #look(goal: Goal): Promise<boolean> {
    let seen = this.#goalsAdded;
    const answer = goal.isMet();
    if (typeof answer === 'boolean') return answer;
    let isDone = false;
    const done = Promise.resolve(answer).finally(() => (isDone = true));
    while (!isDone) {
      if (this.#goalsAdded === seen) {
        await new Promise<void>((wake) => {
          this.#onGoal = wake;
          done.then(() => wake(), wake);
        });
      }
      seen = this.#goalsAdded;
      await this.#moveWhile(() => !isDone && !this.#isStopped && this.#openGoals().length > 0);
      this.#atRest = true;
    }
    return done;
  }

  /** No timer is set and nothing goes on: nothing will ever happen by itself. */
  #giveUp(): void {
    for (const goal of this.#openGoals()) {
      goal.resolve(false);
      this.#goals.delete(goal);
    }
  }

  /** Timers that are due at once fire at rest as well: what they find does not depend on when this is called. */
  async #rest(): Promise<void> {
    do {
      for (let quiet = 0; quiet < QUIET_TURNS && !this.#isStopped; quiet = this.#activity.idle ? quiet + 1 : 0)
        await nextTurn();
    } while (this.#isDue() && this.clock.fireMoment(this.clock.now()));
  }

  #isDue(): boolean {
    const next = this.clock.nextTimer();
    return next !== undefined && next <= this.clock.now();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
