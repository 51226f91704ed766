import type { Clock, Timer } from './clock.ts';

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that moves only when told to. Timers fire in order of their time, then of their making. */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap by time, then order. */
  readonly #heap: Scheduled[] = [];
  readonly #cancelled = new WeakSet<Scheduled>();

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const scheduled = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    this.#push(scheduled);
    return { cancel: () => void this.#cancelled.add(scheduled) };
  }

  /** When the next timer is due, or undefined where there is none. */
  nextTimer(): number | undefined {
    this.#dropCancelled();
    return this.#heap[0]?.at;
  }

  /** Jumps to the next timer due at or before `limit` and fires it; false (and time at `limit`) where there is none. */
  fireNext(limit: number = Infinity): boolean {
    this.#dropCancelled();
    const next = this.#heap[0];
    if (next === undefined || next.at > limit) {
      if (limit !== Infinity) this.#now = Math.max(this.#now, limit);
      return false;
    }
    this.#pop();
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  /** Moves on by a duration, firing what becomes due on the way. What those callbacks start asynchronously is not awaited. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    while (this.fireNext(until));
  }

  #dropCancelled(): void {
    while (this.#heap[0] !== undefined && this.#cancelled.has(this.#heap[0])) this.#pop();
  }

  #before(a: Scheduled, b: Scheduled): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #push(item: Scheduled): void {
    const heap = this.#heap;
    let index = heap.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(item, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = item;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}
