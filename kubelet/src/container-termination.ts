import type { Clock, Timer } from '@kubarium/shared';
import type { Container as RunningContainer } from './container/container.ts';
import type { SignalName } from './container/process.ts';

/** Every container gets this long to end by itself, whatever its grace period says. */
const SHORTEST_GRACE_MS = 2_000;

export interface TerminationOptions {
  readonly clock: Clock;
  readonly running: RunningContainer;
  readonly graceMs: number;
  readonly signal: SignalName;
  /** The container's preStop hook; resolves when it has ended, well or not. Not run where there is no grace. */
  readonly preStop: (() => Promise<void>) | undefined;
  /** Resolves when this container may be ended: those that need it have gone (KEP-753). */
  readonly turn: Promise<void> | undefined;
}

/**
 * Ends one container as the kubelet does: preStop hook, SIGTERM, and SIGKILL when the grace period is over, which began before
 * the hook. Its end is told by the container's own `exit`.
 */
export class ContainerTermination implements Disposable {
  readonly #options: TerminationOptions;
  readonly #startMs: number;
  readonly #cut = Promise.withResolvers<void>();
  #graceMs: number;
  #deadline: Timer | undefined;
  #isOver = false;

  constructor(options: TerminationOptions) {
    this.#options = options;
    this.#startMs = options.clock.now();
    this.#graceMs = options.graceMs;
    void this.#run();
  }

  /** Leaves less time than was said before; more is not given. */
  shorten(graceMs: number): void {
    if (graceMs >= this.#graceMs) return;
    this.#graceMs = graceMs;
    if (this.#deadline === undefined) this.#cut.resolve();
    else this.#armDeadline();
  }

  /** The container has ended. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#deadline?.cancel();
    this.#cut.resolve();
  }

  async #run(): Promise<void> {
    const { preStop, turn, running, signal, clock } = this.#options;
    if (this.#graceMs > 0 && (preStop !== undefined || turn !== undefined)) {
      const limit = clock.setTimer(this.#graceMs, () => this.#cut.resolve());
      if (preStop !== undefined) await Promise.race([preStop(), this.#cut.promise]);
      if (turn !== undefined) await Promise.race([turn, this.#cut.promise]);
      limit.cancel();
    }
    if (this.#isOver) return;
    running.kill(signal);
    this.#armDeadline(SHORTEST_GRACE_MS);
  }

  #armDeadline(atLeastMs = 0): void {
    if (this.#isOver) return;
    this.#deadline?.cancel();
    const { clock, running } = this.#options;
    const leftMs = Math.max(this.#startMs + this.#graceMs - clock.now(), atLeastMs);
    this.#deadline = clock.setTimer(leftMs, () => running.kill('SIGKILL'));
  }
}
