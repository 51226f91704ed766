import type { Clock, Timer } from './clock.ts';

/** A set timer; its place in the heap is -1 once it has fired or was cancelled. */
interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
  index: number;
}

/**
 * A clock that moves only when told to. Timers fire in order of their time, then of their making. A cancelled timer leaves no
 * trace: the memory is that of the timers that are set.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  /** A binary heap by time, then order. */
  readonly #heap: Scheduled[] = [];

  constructor(start: number = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#heap.length;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const at = this.#now + Math.max(0, delayMs);
    const scheduled: Scheduled = { at, order: this.#order++, callback, index: this.#heap.length };
    this.#heap.push(scheduled);
    this.#rise(scheduled);
    return { cancel: () => this.#remove(scheduled) };
  }

  /** When the next timer is due, or undefined where there is none. */
  nextTimer(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** Jumps to the next timer due at or before `limit` and fires it; false (and time at `limit`) where there is none. */
  fireNext(limit: number = Infinity): boolean {
    const next = this.#heap[0];
    if (next === undefined || next.at > limit) {
      if (limit !== Infinity) this.#now = Math.max(this.#now, limit);
      return false;
    }
    this.#remove(next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
    return true;
  }

  /**
   * Jumps to the next moment, at or before `limit`, at which timers are due and fires all of them that were set for it; false (and
   * time at `limit`) where there is none. Those that the callbacks set for the same moment are left for another call.
   */
  fireMoment(limit: number = Infinity): boolean {
    const lastOrder = this.#order;
    if (!this.fireNext(limit)) return false;
    for (
      let next = this.#heap[0];
      next !== undefined && next.at <= this.#now && next.order < lastOrder;
      next = this.#heap[0]
    )
      this.fireNext();
    return true;
  }

  /** Moves on by a duration, firing what becomes due on the way. What those callbacks start asynchronously is not awaited. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds;
    while (this.fireNext(until));
  }

  /** Takes a timer out: the last one of the heap takes its place, and moves up or down from there. */
  #remove(item: Scheduled): void {
    const { index } = item;
    if (index === -1) return;
    item.index = -1;
    const last = this.#heap.pop()!;
    if (last === item) return;
    last.index = index;
    this.#heap[index] = last;
    this.#rise(last);
    this.#sink(last);
  }

  #before(a: Scheduled, b: Scheduled): boolean {
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #rise(item: Scheduled): void {
    const heap = this.#heap;
    let { index } = item;
    while (index > 0) {
      const parent = heap[(index - 1) >> 1]!;
      if (!this.#before(item, parent)) break;
      heap[index] = parent;
      const above = parent.index;
      parent.index = index;
      index = above;
    }
    heap[index] = item;
    item.index = index;
  }

  #sink(item: Scheduled): void {
    const heap = this.#heap;
    let { index } = item;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child++;
      const below = heap[child]!;
      if (!this.#before(below, item)) break;
      heap[index] = below;
      below.index = index;
      index = child;
    }
    heap[index] = item;
    item.index = index;
  }
}
