import type { Pod, Service } from '@kubarium/shared';
import { podCondition } from './pod-state.ts';

/** Where endpoints carry the moment of the change that caused their last write (for measuring how long it took). */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Finds out which change a sync answers: the earliest one since the sync before. */
export class TriggerTimeTracker {
  /** By Service: the moments already answered, by pod (`''` is the Service itself). */
  readonly #answered = new Map<string, Map<string, string>>();

  /** The earliest new moment among the Service's creation and the pods' becoming ready or not; undefined where nothing is new. */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    let answered = this.#answered.get(key);
    // Pods that are gone are dropped now and then, by beginning anew with those there are.
    const before = answered;
    if (answered === undefined || answered.size > 2 * pods.length + 16) this.#answered.set(key, (answered = new Map()));
    let earliest: string | undefined;
    const look = (name: string, at: string): void => {
      // RFC 3339 in UTC sorts as text.
      if (at > (before?.get(name) ?? '') && (earliest === undefined || at < earliest)) earliest = at;
      if (answered.get(name) !== at) answered.set(name, at);
    };
    look('', service.metadata.creationTimestamp);
    for (const pod of pods) {
      const at = podCondition(pod, 'Ready')?.lastTransitionTime;
      if (at !== undefined) look(pod.metadata.name, at);
    }
    return earliest;
  }

  forget(key: string): void {
    this.#answered.delete(key);
  }
}
