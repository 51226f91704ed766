import { isConflict, isNotFound, StatusError } from '../apimachinery/status-error.ts';
import type { Component } from '../runtime/component.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { WorkQueue } from './work-queue.ts';

export interface ReconcileLoopOptions {
  readonly name: string;
  readonly runtime: Runtime;
  /** How many keys may be in work at the same time; never the same key twice. */
  readonly workers?: number | undefined;
  /** Brings the world to what the key's objects want. A rejection is repeated later with back-off. */
  reconcile(key: string): Promise<void>;
}

/** Work on keys: each key added is reconciled soon, once for any number of additions, again when it failed. */
export class ReconcileLoop implements Component {
  readonly name: string;
  readonly #options: ReconcileLoopOptions;
  readonly #queue: WorkQueue;
  #workers: Promise<void>[] = [];

  constructor(options: ReconcileLoopOptions) {
    this.name = options.name;
    this.#options = options;
    this.#queue = new WorkQueue(options.runtime);
  }

  /** True while no key waits and none is in work. */
  get idle(): boolean {
    return this.#queue.idle;
  }

  /** Asks for a key to be reconciled. Before `start` the key waits. */
  add(key: string): void {
    this.#queue.add(key);
  }

  /** The same, later; the earliest of several moments counts. */
  addAfter(key: string, delayMs: number): void {
    this.#queue.addAfter(key, delayMs);
  }

  /** Starts to work. Call it once the caches that `reconcile` reads are synced. */
  start(): Promise<void> {
    this.#workers = Array.from({ length: this.#options.workers ?? 1 }, () => this.#work());
    return Promise.resolve();
  }

  /** Takes no more keys; resolves when those in work are done. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#queue.shutDown();
    await Promise.all(this.#workers);
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      try {
        await this.#options.reconcile(key);
        this.#queue.forget(key);
      } catch (error) {
        this.#report(key, error);
        this.#queue.addRateLimited(key);
      } finally {
        this.#queue.done(key);
      }
    }
  }

  #report(key: string, error: unknown): void {
    const { logger } = this.#options.runtime;
    const facts = { controller: this.name, key, retries: this.#queue.failures(key) };
    if (!(error instanceof StatusError)) {
      logger.error({ ...facts, err: error }, 'invariant: reconcile threw something that is no StatusError');
    } else if (isConflict(error) || isNotFound(error)) {
      // Somebody was faster: the cache is about to tell.
      logger.debug({ ...facts, error: error.message }, 'reconciling again');
    } else logger.warn({ ...facts, error: error.message }, 'reconcile failed; trying again');
  }
}
