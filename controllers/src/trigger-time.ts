import { deepEqual, keyOf, type Pod, type Service } from '@kubarium/shared';
import { podCondition } from './pod-state.ts';
import type { ServicePods } from './service-pods.ts';

/** Where endpoints carry the moment of the change that caused their last write (for measuring how long it took). */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

const readyMoment = (pod: Pod | undefined): string | undefined => pod && podCondition(pod, 'Ready')?.lastTransitionTime;

// RFC 3339 in UTC sorts as text.
const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** Finds out which change a sync answers: the earliest one since the sync before. It costs what has changed, not what there is. */
export class TriggerTimeTracker {
  /** Of the Services that have had a sync: the earliest moment since. */
  readonly #unanswered = new Map<string, string | undefined>();

  constructor(servicePods: ServicePods) {
    servicePods.onPodChange((service, pod, previous) => {
      const key = keyOf(service);
      const moment = readyMoment(pod);
      if (this.#unanswered.has(key) && moment !== readyMoment(previous))
        this.#unanswered.set(key, earlier(this.#unanswered.get(key), moment));
    });
    servicePods.services.onChange({
      updated: (service, { spec: { selector } }) => {
        if (!deepEqual(service.spec.selector, selector)) this.forget(keyOf(service));
      },
    });
  }

  /**
   * The earliest moment among the pods' becoming ready or not that no sync has answered; for a Service's first sync, of its creation as
   * well. Undefined where nothing is new.
   */
  next(key: string, service: Service, pods: readonly Pod[]): string | undefined {
    const isFirst = !this.#unanswered.has(key);
    const earliest = this.#unanswered.get(key);
    this.#unanswered.set(key, undefined);
    if (!isFirst) return earliest;
    return pods.map(readyMoment).reduce(earlier, service.metadata.creationTimestamp);
  }

  /** The next sync is as the first: the Service is gone, or what the last one found was not written. */
  forget(key: string): void {
    this.#unanswered.delete(key);
  }
}
