import type { Component, Runtime, Timer } from '@kubarium/shared';
import type { LogStorage } from './log-storage.ts';

export interface CompactorOptions {
  /** How many revisions of history are kept at most. Default 10,000. */
  readonly keepRevisions?: number | undefined;
  /** How long history is kept at most, in milliseconds. Default 5 minutes. */
  readonly keepMs?: number | undefined;
}

/** Between two looks at whether something is to be compacted. */
const LOOK_MS = 10_000;

/** Between two steps of clearing away. */
const STEP_MS = 20;

/**
 * Keeps the history of a store short: little by little, on the runtime's clock, and never gives up after an error. What is older
 * than `keepMs` or further back than `keepRevisions` goes, whichever comes first.
 */
export class Compactor implements Component {
  readonly name = 'compactor';
  readonly #storage: Pick<LogStorage<object>, 'revision' | 'compactedRevision' | 'compact' | 'sweep'>;
  readonly #runtime: Runtime;
  readonly #keepRevisions: number;
  readonly #keepMs: number;
  /** Which revision was the last one when; oldest first. */
  readonly #seen: { readonly at: number; readonly revision: number }[] = [];
  #timer: Timer | undefined;
  #sweeping = false;

  constructor(
    storage: Pick<LogStorage<object>, 'revision' | 'compactedRevision' | 'compact' | 'sweep'>,
    runtime: Runtime,
    { keepRevisions = 10_000, keepMs = 300_000 }: CompactorOptions = {},
  ) {
    this.#storage = storage;
    this.#runtime = runtime;
    this.#keepRevisions = keepRevisions;
    this.#keepMs = keepMs;
  }

  async start(): Promise<void> {
    // A crash may have left something half swept.
    this.#sweeping = true;
    this.#schedule();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#runtime.clock.setTimer(this.#sweeping ? STEP_MS : LOOK_MS, () => {
      try {
        this.#step();
      } catch (error) {
        // A full disk, most likely: there will be another look.
        this.#sweeping = false;
        this.#runtime.logger.warn({ error }, 'history could not be compacted; it will be tried again');
      }
      this.#schedule();
    });
  }

  #step(): void {
    this.#look();
    if (this.#sweeping) this.#sweeping = this.#storage.sweep();
  }

  #look(): void {
    const now = this.#runtime.clock.now();
    const { revision } = this.#storage;
    if (this.#seen.at(-1)?.revision !== revision) this.#seen.push({ at: now, revision });
    let expired = 0;
    while (this.#seen[0] !== undefined && this.#seen[0].at <= now - this.#keepMs)
      expired = this.#seen.shift()!.revision;
    const target = Math.max(expired, revision - this.#keepRevisions);
    if (target <= this.#storage.compactedRevision) return;
    this.#storage.compact(target);
    this.#sweeping = true;
  }
}
