import { NONE, type PodSpec } from '@kubarium/shared';
import type { ContainerHost } from './container-host.ts';
import { type NextStep, nextInitStep, nextMainStep } from './container-sequence.ts';
import { PodContainer } from './pod-container.ts';
import { roleOfInit } from './restart-policy.ts';

/** The containers of a pod in their order: which starts next, and which ends after which. */
export class PodContainers {
  readonly init: readonly PodContainer[];
  readonly main: readonly PodContainer[];
  readonly #host: ContainerHost;
  #ephemeral: readonly PodContainer[] = NONE;
  /** Only once the pod is to end. */
  #whenDone: Map<PodContainer, PromiseWithResolvers<void>> | undefined;

  constructor(host: ContainerHost, { containers, initContainers = [] }: PodSpec) {
    this.#host = host;
    this.init = initContainers.map((one) => new PodContainer(one.name, roleOfInit(one), host));
    this.main = containers.map(({ name }) => new PodContainer(name, 'main', host));
  }

  get ephemeral(): readonly PodContainer[] {
    return this.#ephemeral;
  }

  get all(): readonly PodContainer[] {
    return [...this.init, ...this.main, ...this.#ephemeral];
  }

  get nextInit(): NextStep<PodContainer> {
    return nextInitStep(this.init);
  }

  get nextMain(): NextStep<PodContainer> {
    return nextMainStep(this.main, this.#ephemeral);
  }

  find(name: string): PodContainer | undefined {
    return this.all.find((one) => one.name === name);
  }

  /** Takes up the ephemeral containers that the pod has got since. */
  addEphemeral({ ephemeralContainers = [] }: PodSpec): void {
    for (const { name } of ephemeralContainers)
      if (this.#ephemeral.every((one) => one.name !== name))
        this.#ephemeral = this.#ephemeral.concat(new PodContainer(name, 'ephemeral', this.#host));
  }

  /** Ends all of them: the sidecars after the others, the last one first (KEP-753). */
  stop(graceMs: number): void {
    const waits = this.main.map((container) => this.#untilDone(container));
    for (const container of this.init.toReversed()) {
      if (container.role === 'sidecar' && container.isLive) {
        const turn = Promise.all(waits).then(() => {});
        waits.push(this.#untilDone(container));
        container.stop(graceMs, turn);
      } else container.stop(graceMs);
    }
    for (const container of [...this.main, ...this.#ephemeral]) container.stop(graceMs);
  }

  /** Those that were to end after this one need not wait for it any more. */
  done(container: PodContainer): void {
    this.#whenDone?.get(container)?.resolve();
  }

  #untilDone(container: PodContainer): Promise<void> {
    if (container.state === 'done') return Promise.resolve();
    this.#whenDone ??= new Map();
    let wait = this.#whenDone.get(container);
    if (wait === undefined) this.#whenDone.set(container, (wait = Promise.withResolvers<void>()));
    return wait.promise;
  }
}
