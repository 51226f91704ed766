import { deepEqual, keyOf, type Pod, type Service } from '@kubarium/shared';
import { podCondition } from './pod-state.ts';
import type { ServicePods } from './service-pods.ts';

/** Where endpoints carry the moment of the change that caused their last write (for measuring how long it took). */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

/** What has changed of a Service's pods since the sync before. */
interface Unanswered {
  earliest: string | undefined;
}

const readyMoment = (pod: Pod | undefined): string | undefined => pod && podCondition(pod, 'Ready')?.lastTransitionTime;

// RFC 3339 in UTC sorts as text.
const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

/** Finds out which change a sync answers: the earliest one since the sync before. It costs what has changed, not what there is. */
export class TriggerTimeTracker {
  /** The Services that have had a sync. */
  readonly #services = new Map<string, Unanswered>();

  constructor(servicePods: ServicePods) {
    servicePods.onPodChange((service, pod, previous) => {
      const unanswered = this.#services.get(keyOf(service));
      const moment = readyMoment(pod);
      if (unanswered === undefined || moment === undefined || moment === readyMoment(previous)) return;
      unanswered.earliest = earlier(unanswered.earliest, moment);
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
    const unanswered = this.#services.get(key);
    this.#services.set(key, { earliest: undefined });
    if (unanswered !== undefined) return unanswered.earliest;
    return pods.map(readyMoment).reduce(earlier, service.metadata.creationTimestamp);
  }

  /** The next sync is as the first: the Service is gone, or what the last one found was not written. */
  forget(key: string): void {
    this.#services.delete(key);
  }
}
