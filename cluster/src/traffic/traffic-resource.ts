import type { ApiObject, Resource } from '@kubarium/shared';

/**
 * `sim.kubarium.dev/v1alpha1 Traffic`: created with a load to make, answered with what became of its requests once all have ended;
 * nothing is stored.
 */
export interface Traffic extends ApiObject {
  spec: TrafficSpec;
  status: TrafficStatus;
}

export interface TrafficSpec {
  /** The pod that makes the requests, in the namespace of the Traffic. */
  pod: string;
  /** By default the pod's first container. */
  container?: string | undefined;
  url: string;
  /** Requests in a second, evenly spread: 1 to 500. */
  rate: number;
  /** 0.1 to 60. */
  durationSeconds: number;
  /** How long one request may take; 5 by default. */
  timeoutSeconds?: number | undefined;
}

export interface TrafficStatus {
  requests: number;
  /** Those with an answer below 400. */
  answered: number;
  errors: readonly { readonly cause: string; readonly count: number }[];
  /** Of the answered ones, ascending. */
  latenciesMs: readonly number[];
  /** Where the Service's proxy sent them, most first. */
  endpoints: readonly { readonly endpoint: string; readonly target?: string | undefined; readonly count: number }[];
}

export const TRAFFICS: Resource<Traffic> = {
  group: 'sim.kubarium.dev',
  version: 'v1alpha1',
  resource: 'traffics',
  kind: 'Traffic',
  namespaced: true,
};
