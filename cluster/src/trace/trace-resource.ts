import type { ApiObject, Hop, Resource } from '@kubarium/shared';

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
}

export interface TraceStatus {
  hops: readonly (Hop & { readonly timeMs: number })[];
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
