import type { ApiObject, Resource } from '@kubarium/shared';
import type { TimedHop } from './trace-recorder.ts';

/**
 * `sim.kubarium.dev/v1alpha1 Trace`: the way of one request, connection or datagram. Created with a request to make, it is answered at
 * once with the hops. The last ones are kept for a while: those that were asked for, and, while somebody watches, every connection and
 * datagram of the cluster. Nothing is stored.
 */
export interface Trace extends ApiObject {
  spec: TraceSpec;
  status: TraceStatus;
}

export interface TraceSpec {
  /**
   * The pod that it comes from, in the namespace of the Trace. Absent where it comes from a node or from outside: then the namespace is
   * that of the pod it got to, or else kube-system.
   */
  pod?: string | undefined;
  /** Of a request: by default the pod's first container. */
  container?: string | undefined;
  /** Of a request. */
  url?: string | undefined;
  /** How long the request may take; 10 by default. */
  timeoutSeconds?: number | undefined;
  /** Of a connection or a datagram: what it is and where it was sent, `10.96.0.10:53`. */
  protocol?: 'TCP' | 'UDP' | undefined;
  destination?: string | undefined;
  /** Of a datagram that asks a DNS server: `backend.default.svc.cluster.local A`. */
  question?: string | undefined;
}

/**
 * What became of it. A connection or datagram is `Delivered`; or `Refused` (nothing listens, or no endpoint is ready); `Dropped` by the
 * rules of a Service; `Denied` by a network policy; `Unreachable`, since nobody has the address. A request is `Answered`, whatever the
 * code; or its name was `Unresolved`; or it was connected and `Unanswered`; or its connection fared as above; or else it `Failed`.
 */
export type TraceVerdict =
  | 'Delivered'
  | 'Answered'
  | 'Refused'
  | 'Dropped'
  | 'Denied'
  | 'Unreachable'
  | 'Unresolved'
  | 'Unanswered'
  | 'Failed';

export interface TraceStatus {
  verdict: TraceVerdict;
  /** Why, in the words of the hop that decided it. */
  reason: string;
  /** Where it came from. `pod` is `namespace/name`. */
  source: { pod?: string | undefined; address?: string | undefined; port?: number | undefined; node: string };
  /** Where it was going once the rules had been asked. */
  destination?: TraceDestination | undefined;
  /** The Service behind the address that was asked, `namespace/name`. */
  service?: string | undefined;
  hops: readonly TimedHop[];
  /** From the first hop to the last, of the cluster's time. */
  durationMs: number;
  /** What came back, where anything did; of requests that `kubarium trace` made, with the body. */
  response?: { code: number; body?: string | undefined } | undefined;
  /** The client's own words for why nothing came back. */
  error?: string | undefined;
}

export interface TraceDestination {
  pod?: string | undefined;
  node?: string | undefined;
  address: string;
  port: number;
}

export const TRACES: Resource<Trace> = {
  group: 'sim.kubarium.dev',
  version: 'v1alpha1',
  resource: 'traces',
  kind: 'Trace',
  namespaced: true,
};
