import type { Pod, Service } from '@kubarium/shared';
import { podCondition } from './pod-state.ts';

/** Where endpoints carry the moment of the change that caused their last write (for measuring how long it took). */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Finds out which change a sync answers: the earliest one since the sync before. */
export class TriggerTimeTracker {
  readonly #seen = new Map<string, ReadonlyMap<string, string>>();

  /** The earliest new moment among the Service's creation and the pods' becoming ready or not; undefined where nothing is new. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    const before = this.#seen.get(key);
    const now = new Map<string, string>([['', service.metadata.creationTimestamp]]);
    for (const pod of pods) {
      const at = podCondition(pod, 'Ready')?.lastTransitionTime;
      if (at !== undefined) now.set(pod.metadata.name, at);
    }
    this.#seen.set(key, now);
    let earliest: string | undefined;
    for (const [name, at] of now) {
      // RFC 3339 in UTC sorts as text.
      if (at > (before?.get(name) ?? '') && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }
}
