import type { Clock, Runtime, Timer } from '@kubarium/shared';
import type { PodInfo } from './pod-info.ts';

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 10_000;
/** A parked pod is tried again after so long even where nothing seemed to change. */
const LONGEST_PARK_MS = 5 * 60_000;

interface Entry {
  info: PodInfo;
  attempts: number;
  /** Waits to be taken, is being placed or bound, waits out its back-off, or waits for the cluster to change. */
  state: 'active' | 'taken' | 'backoff' | 'parked';
  readyAtMs: number;
  timer: Timer | undefined;
}

/**
 * The pods that want a node. Taken by priority, then by age. A pod that found none is parked until the cluster changes in a way
 * that may help, and no sooner than its back-off (1 s doubling to 10 s).
 */
export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #activity: Runtime['activity'];
  readonly #entries = new Map<string, Entry>();
  /** Keys to be taken, by priority; a key whose entry is gone or no longer active is passed over. */
  readonly #active = new Map<number, string[]>();
  readonly #onReady: () => void;

  constructor(runtime: Pick<Runtime, 'clock' | 'activity'>, onReady: () => void) {
    this.#clock = runtime.clock;
    this.#activity = runtime.activity;
    this.#onReady = onReady;
  }

  /** A pod without a node appeared or changed. */
  add(info: PodInfo): void {
    const entry = this.#entries.get(info.key);
    if (entry === undefined) {
      const fresh: Entry = { info, attempts: 0, state: 'parked', readyAtMs: 0, timer: undefined };
      this.#entries.set(info.key, fresh);
      this.#activate(fresh);
      return;
    }
    const changed = entry.info.pod.metadata.generation !== info.pod.metadata.generation;
    entry.info = info;
    if (changed) this.#wake(entry);
  }

  /** The pod was given a node, or is gone. */
  remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    entry.timer?.cancel();
    if (entry.state === 'active') this.#activity?.end();
  }

  /** The next pod. It is not given again before `park`, whatever changes meanwhile: it may be on its way to a node. */
  take(): PodInfo | undefined {
    for (const priority of [...this.#active.keys()].sort((a, b) => b - a)) {
      const keys = this.#active.get(priority)!;
      while (keys.length > 0) {
        const entry = this.#entries.get(keys.shift()!);
        if (entry?.state !== 'active') continue;
        entry.state = 'taken';
        this.#activity?.end();
        return entry.info;
      }
      this.#active.delete(priority);
    }
    return undefined;
  }

  /** The pod that was taken found no node (or could not be bound): it waits. `retry` tries again after the back-off alone. */
  park(key: string, retry: boolean = false): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.state = 'parked';
    entry.readyAtMs = this.#clock.now() + Math.min(FIRST_BACKOFF_MS * 2 ** entry.attempts++, LONGEST_BACKOFF_MS);
    if (retry) this.#wake(entry);
    else this.#wakeAfter(entry, LONGEST_PARK_MS);
  }

  /** The cluster changed: parked pods for which that may matter are tried again. */
  wake(mayMatter: (info: PodInfo) => boolean = () => true): void {
    for (const entry of this.#entries.values())
      if (entry.state === 'parked' && mayMatter(entry.info)) this.#wake(entry);
  }

  #wake(entry: Entry): void {
    if (entry.state !== 'parked') return;
    const waitMs = entry.readyAtMs - this.#clock.now();
    if (waitMs <= 0) this.#activate(entry);
    else {
      entry.state = 'backoff';
      this.#wakeAfter(entry, waitMs);
    }
  }

  #wakeAfter(entry: Entry, delayMs: number): void {
    entry.timer?.cancel();
    entry.timer = this.#clock.setTimer(delayMs, () => this.#activate(entry));
  }

  #activate(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
    entry.state = 'active';
    this.#activity?.begin();
    const priority = entry.info.pod.spec.priority ?? 0;
    const keys = this.#active.get(priority);
    if (keys === undefined) this.#active.set(priority, [entry.info.key]);
    else keys.push(entry.info.key);
    this.#onReady();
  }
}
