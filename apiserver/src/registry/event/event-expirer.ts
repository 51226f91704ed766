import type { ApiObject, Component, Runtime, Timer } from '@kubarium/shared';
import { parseTimestamp } from '@kubarium/shared';
import { isStorageError } from '../../storage/storage-error.ts';
import type { Storage } from '../../storage/storage.ts';

/** Events are kept for an hour after their last write (kube-apiserver `--event-ttl`). */
const EVENT_TTL_MS = 3_600_000;
const LOOK_MS = 60_000;
const EVENTS = 'events/';

/**
 * Forgets Events an hour after they were last written, as the leases of the real store do. Simplified: to the minute, and after a
 * restart the hour counts from the event's creation.
 */
export class EventExpirer implements Component {
  readonly name = 'event-expirer';
  readonly #storage: Storage<ApiObject>;
  readonly #runtime: Runtime;
  /** When each event was last written; the longest ago first. */
  readonly #writtenAt = new Map<string, number>();
  #watch: Disposable | undefined;
  #timer: Timer | undefined;

  constructor(storage: Storage<ApiObject>, runtime: Runtime) {
    this.#storage = storage;
    this.#runtime = runtime;
  }

  async start(): Promise<void> {
    const known = this.#storage
      .list(EVENTS)
      .items.map(({ key, value }) => [key, parseTimestamp(value.metadata.creationTimestamp)] as const)
      .toSorted(([, a], [, b]) => a - b);
    for (const [key, at] of known) this.#writtenAt.set(key, at);
    this.#watch = this.#storage.watch(EVENTS, this.#storage.revision, (batch) => {
      const now = this.#runtime.clock.now();
      for (const { type, current } of batch) {
        this.#writtenAt.delete(current.key);
        if (type !== 'delete') this.#writtenAt.set(current.key, now);
      }
    });
    this.#schedule();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#runtime.clock.setTimer(LOOK_MS, () => {
      this.#expire();
      this.#schedule();
    });
  }

  #expire(): void {
    const latest = this.#runtime.clock.now() - EVENT_TTL_MS;
    for (const [key, at] of this.#writtenAt) {
      if (at > latest) return;
      this.#storage.delete(key).catch((error: unknown) => {
        // Somebody else has deleted it, or the disk is full: the next look is in a minute.
        if (!isStorageError(error)) throw error;
      });
    }
  }
}
