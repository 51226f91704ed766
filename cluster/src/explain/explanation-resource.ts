import type { ApiObject, Resource } from '@kubarium/shared';

/**
 * `sim.kubarium.dev/v1alpha1 Explanation`: created with a question about a Service or a pod, answered at once with the reason why it
 * works or does not; nothing is stored.
 */
export interface Explanation extends ApiObject {
  spec: ExplanationSpec;
  status: ExplanationStatus;
}

export interface ExplanationSpec {
  /**
   * The Service as a client would name it, in the namespace of the Explanation: `backend`, `backend.prod`, the whole domain name, or
   * an address. Either this or `pod`.
   */
  service?: string | undefined;
  /** The pod to explain. */
  pod?: string | undefined;
  /** Who asks: `frontend`, `prod/frontend`, or `outside` for the host. Absent: any pod. */
  from?: string | undefined;
  /** The port that is asked: a number or a name, with `/UDP` where it is not TCP. Absent: every port of the Service. */
  port?: string | undefined;
}

export interface ExplanationStatus {
  /** `Degraded`: some requests are answered, or all for now only. */
  verdict: 'Routes' | 'Degraded' | 'Fails';
  /** The verdict in a sentence. */
  message: string;
  /** The first thing that fails on the way, as an Event's reason: `SelectorMatchesNothing`. */
  cause?: string | undefined;
  evidence?: readonly string[] | undefined;
  /** What to do. */
  fix?: string | undefined;
  /** The decisions along the way, in order, up to the one that fails. */
  steps: readonly ExplanationStep[];
  /** The way of a request, where there is one. */
  path?: readonly string[] | undefined;
}

export interface ExplanationStep {
  readonly question: string;
  readonly answer: string;
  readonly ok: boolean;
}

export const EXPLANATIONS: Resource<Explanation> = {
  group: 'sim.kubarium.dev',
  version: 'v1alpha1',
  resource: 'explanations',
  kind: 'Explanation',
  namespaced: true,
};
