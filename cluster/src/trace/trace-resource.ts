import type { ApiObject, Resource } from '@kubarium/shared';
import type { TimedHop } from './trace-recorder.ts';

/** `sim.kubarium.dev/v1alpha1 Trace`: created with a request to make, answered at once with its hops; nothing is stored. */
export interface Trace extends ApiObject {
  spec: TraceSpec;
  status: TraceStatus;
}

export interface TraceSpec {
  /** The pod that makes the request, in the namespace of the Trace. */
  pod: string;
  /** By default the pod's first container. */
  container?: string | undefined;
  url: string;
  /** How long the request may take; 10 by default. */
  timeoutSeconds?: number | undefined;
}

export interface TraceStatus {
  /** Where the request came from. */
  source: { pod: string; address?: string | undefined; node: string };
  hops: readonly TimedHop[];
  /** What came back, where anything did. */
  response?: { code: number; body: string } | undefined;
  /** The client's own words for why nothing came back. */
  error?: string | undefined;
}

export const TRACES: Resource<Trace> = {
  group: 'sim.kubarium.dev',
  version: 'v1alpha1',
  resource: 'traces',
  kind: 'Trace',
  namespaced: true,
};
