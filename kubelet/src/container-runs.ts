import type { ContainerStateTerminated, ContainerStatus } from '@kubarium/shared';
import type { ContainerInstance } from './container-instance.ts';
import { wasMade } from './power-cut.ts';

/** The runs of one container: the one that goes on or was the last, the one before it, and what the API had of earlier ones. */
export class ContainerRuns {
  #current: ContainerInstance | undefined;
  #previous: ContainerInstance | undefined;
  #lastTerminated: ContainerStateTerminated | undefined;
  #restartCount = 0;
  /** Whether a container was made before; the next one then is a restart. */
  #wasMade = false;

  get current(): ContainerInstance | undefined {
    return this.#current;
  }

  get previous(): ContainerInstance | undefined {
    return this.#previous;
  }

  get restartCount(): number {
    return this.#restartCount;
  }

  /** A process of the current one runs. */
  get isLive(): boolean {
    return this.#current?.running !== undefined && this.#current.terminated === undefined;
  }

  /** How the last one that is over ended, the current one aside. */
  get lastTerminated(): ContainerStateTerminated | undefined {
    return this.#lastTerminated;
  }

  /** Takes over what the API knows of a container that ran on this node before the kubelet started. */
  adopt(status: ContainerStatus): void {
    this.#restartCount = status.restartCount;
    this.#wasMade = wasMade(status);
    this.keep(status);
  }

  /** The same for a container that is not run again. */
  keep({ state, lastState }: ContainerStatus): void {
    this.#lastTerminated = state?.terminated ?? lastState?.terminated;
  }

  /** Begins another; each but the first is a restart. `make` is told how many of those there were. */
  begin(make: (attempt: number) => ContainerInstance): ContainerInstance {
    if (this.#wasMade) this.#restartCount++;
    this.#wasMade = true;
    if (this.#current?.terminated !== undefined) this.#lastTerminated = this.#current.terminated;
    this.#previous = this.#current;
    return (this.#current = make(this.#restartCount));
  }
}
