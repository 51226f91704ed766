/** What a burst of events did to one object: what it was at the last sync, and what it is now. */
export interface Change<T> {
  readonly key: string;
  readonly previous: T | undefined;
  readonly current: T | undefined;
}

/**
 * Folds events into one change for each object. An object that ends up where it was is no change: created and deleted within a
 * burst, it was never there.
 */
export class ChangeTracker<T> {
  readonly #changes = new Map<string, { previous: T | undefined; current: T | undefined }>();

  get size(): number {
    return this.#changes.size;
  }

  /** Notes one event. `previous` is what is known from before it, and counts only for the first event of a burst. */
  note(key: string, previous: T | undefined, current: T | undefined): void {
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { previous, current });
    else change.current = current;
  }

  /** Hands over the changes since the last call, in the order of their first events. */
  take(): readonly Change<T>[] {
    const changes: Change<T>[] = [];
    for (const [key, { previous, current }] of this.#changes) {
      if (previous !== current) changes.push({ key, previous, current });
    }
    this.#changes.clear();
    return changes;
  }
}
