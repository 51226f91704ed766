import type { Runtime, Timer } from '@kubarium/shared';

/** How often a watch that allows bookmarks gets one; the real server's is about a minute as well. */
const BOOKMARK_MS = 60_000;

/** The one timer that all watches with bookmarks share; it runs only while there is such a watch. */
export class Bookmarks {
  readonly #runtime: Runtime;
  readonly #due = new Set<() => void>();
  #timer: Timer | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Calls back every minute until disposed; never before what a new watch has yet to be told of the past, which is due in a microtask. */
  add(send: () => void): Disposable {
    this.#due.add(send);
    this.#timer ??= this.#start();
    return {
      [Symbol.dispose]: () => {
        this.#due.delete(send);
        if (this.#due.size > 0) return;
        this.#timer?.cancel();
        this.#timer = undefined;
      },
    };
  }

  #start(): Timer {
    return this.#runtime.clock.setTimer(BOOKMARK_MS, () => {
      this.#timer = this.#start();
      for (const send of this.#due) queueMicrotask(send);
    });
  }
}
