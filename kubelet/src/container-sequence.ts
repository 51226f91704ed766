import type { ContainerState } from './container-lifecycle.ts';
import type { ContainerRole } from './restart-policy.ts';

/** What the order of a pod's containers depends on. */
export interface SequencedContainer {
  readonly role: ContainerRole;
  readonly state: ContainerState;
  /** Its startup probe, if any, has succeeded. */
  readonly isStarted: boolean;
  readonly exitCode: number | undefined;
}

/** What is due next: a container to start, a stage of the pod that is over, or nothing until something changes. */
export type NextStep<T> = { readonly start: T } | { readonly event: 'initialized' | 'ended' } | undefined;

/**
 * Init containers run one after the other, each to its end; a sidecar has only to be started (KEP-753). One that failed for
 * good ends the pod.
 */
export function nextInitStep<T extends SequencedContainer>(containers: readonly T[]): NextStep<T> {
  for (const container of containers) {
    if (container.state === 'waiting') return { start: container };
    const isDone =
      container.role === 'sidecar' ? container.isStarted : container.state === 'done' && container.exitCode === 0;
    if (isDone) continue;
    return container.role === 'init' && container.state === 'done' ? { event: 'ended' } : undefined;
  }
  return { event: 'initialized' };
}

/** The other containers start in their order, each once the one before is running or has failed to; the pod ends with the last. */
export function nextMainStep<T extends SequencedContainer>(main: readonly T[], ephemeral: readonly T[]): NextStep<T> {
  for (const containers of [main, ephemeral]) {
    for (const container of containers) {
      if (container.state === 'pulling' || container.state === 'creating') return undefined;
      if (container.state === 'waiting') return { start: container };
    }
  }
  return main.every(({ state }) => state === 'done') ? { event: 'ended' } : undefined;
}
