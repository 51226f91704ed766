import type { StatusError } from '@kubarium/shared';
import type { RenderedEvent, WatchReceiver } from '../registry.ts';

/** One open watch: nothing reaches the receiver before the watch has been returned, and nothing after it is disposed. */
export class WatchSession implements Disposable {
  readonly #receiver: WatchReceiver;
  readonly #owned: Disposable[] = [];
  #initial: readonly RenderedEvent[] = [];
  #isOpen = true;

  constructor(receiver: WatchReceiver) {
    this.#receiver = receiver;
  }

  own(resource: Disposable): void {
    this.#owned.push(resource);
  }

  begin(events: readonly RenderedEvent[]): void {
    this.#initial = events;
    queueMicrotask(() => this.send([]));
  }

  send(events: readonly RenderedEvent[]): void {
    const initial = this.#initial;
    this.#initial = [];
    if (this.#isOpen && initial.length > 0) this.#receiver.events(initial);
    if (this.#isOpen && events.length > 0) this.#receiver.events(events);
  }

  fail(error: StatusError): this {
    queueMicrotask(() => {
      if (!this.#isOpen) return;
      this[Symbol.dispose]();
      this.#receiver.error(error.status);
    });
    return this;
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    for (const resource of this.#owned.splice(0)) resource[Symbol.dispose]();
  }
}
