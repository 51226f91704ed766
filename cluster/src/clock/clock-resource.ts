import type { ApiObject, Resource } from '@kubarium/shared';

/**
 * `sim.kubarium.dev/v1alpha1 Clock`: created with what is to become of the cluster's time, answered with the time once all has come
 * to rest; nothing is stored. An empty spec only asks. Of a spec, `paused` is done first, then `step`.
 */
export interface ClockRequest extends ApiObject {
  spec?: ClockSpec | undefined;
  status: ClockStatus;
}

export interface ClockSpec {
  /** Whether time stands still, or else goes on with the machine's. */
  paused?: boolean | undefined;
  /** Goes on to the next moment at which something is due. */
  step?: boolean | undefined;
  /** How much time is to pass at once, as Go spells durations: `5m`, `1h30m`, `200ms`. */
  advance?: string | undefined;
}

export interface ClockStatus {
  /** RFC 3339 with microseconds. */
  now: string;
  /** `Real` is the machine's clock: it can be read only. */
  mode: 'Virtual' | 'Real';
  paused: boolean;
}

export const CLOCKS: Resource<ClockRequest> = {
  group: 'sim.kubarium.dev',
  version: 'v1alpha1',
  resource: 'clocks',
  kind: 'Clock',
  namespaced: false,
};
