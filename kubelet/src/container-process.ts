import type { Container, LifecycleHandler } from '@kubarium/shared';
import type { ContainerHost } from './container-host.ts';
import type { ContainerInstance } from './container-instance.ts';
import { ContainerTermination } from './container-termination.ts';
import type { Container as RunningContainer } from './container/container.ts';
import type { SignalName } from './container/process.ts';
import { runHook } from './lifecycle-hook.ts';
import { ContainerProbes, hasProbes, type ProbeListener } from './probes/container-probes.ts';
import type { ProbeTarget } from './probes/probe-target.ts';

/** The container that a process is of. */
export interface ProcessOwner {
  readonly host: ContainerHost;
  readonly spec: Container;
  emit(type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** What the kubelet does with one run of a container from its start to its end: hooks, probes, termination. */
export class ContainerProcess implements Disposable {
  readonly #owner: ProcessOwner;
  readonly #instance: ContainerInstance;
  readonly #running: RunningContainer;
  #isInWork = false;
  #probes: ContainerProbes | undefined;
  #termination: ContainerTermination | undefined;

  constructor(owner: ProcessOwner, instance: ContainerInstance, running: RunningContainer) {
    this.#owner = owner;
    this.#instance = instance;
    this.#running = running;
  }

  /** Without probes a container is started and ready once it is in work. */
  get isStarted(): boolean {
    return this.#probes?.isStarted ?? this.#isInWork;
  }

  get isReady(): boolean {
    return this.#probes?.isReady ?? this.#isInWork;
  }

  /** Gives what went wrong, or undefined. */
  postStart(hook: LifecycleHandler): Promise<string | undefined> {
    return runHook(hook, this.#target(), this.#instance.ended!.signal);
  }

  /** The postStart hook is over: from now on it is probed. */
  begin(listener: ProbeListener): void {
    this.#isInWork = true;
    if (hasProbes(this.#owner.spec)) this.#probes = new ContainerProbes(this.#target(), listener);
  }

  /** Ends it. Said again with a shorter grace, there is less time. */
  end(message: string, graceMs: number, turn?: Promise<void>): void {
    if (this.#termination !== undefined) return this.#termination.shorten(graceMs);
    const { host, spec } = this.#owner;
    const { preStop, stopSignal } = spec.lifecycle ?? {};
    this.#owner.emit('Normal', 'Killing', message);
    this.#termination = new ContainerTermination({
      clock: host.context.runtime.clock,
      running: this.#running,
      graceMs,
      signal: (stopSignal as SignalName | undefined) ?? 'SIGTERM',
      preStop: preStop && (() => this.#preStop(preStop)),
      turn,
    });
  }

  /** The pod is being deleted: of the probes only readiness goes on. */
  stopLiveness(): void {
    this.#probes?.stopLiveness();
  }

  /** It has ended, or is given up. */
  [Symbol.dispose](): void {
    this.#probes?.[Symbol.dispose]();
    this.#termination?.[Symbol.dispose]();
  }

  async #preStop(hook: LifecycleHandler): Promise<void> {
    const failure = await runHook(hook, this.#target(), this.#instance.ended!.signal);
    if (failure !== undefined) this.#owner.emit('Warning', 'FailedPreStopHook', 'PreStopHook failed');
  }

  /** What hooks and probes are run against. */
  #target(): ProbeTarget {
    const { host, spec } = this.#owner;
    const { context, sandbox } = host;
    return {
      clock: context.runtime.clock,
      network: context.hostNetwork(),
      podIP: sandbox.addresses[0] ?? '',
      spec,
      running: this.#running,
    };
  }
}
