import { reviewDefinition, type ReviewResource } from '@kubarium/apiserver';
import {
  badRequest,
  invalid,
  PODS,
  type KubeClient,
  type NodeConnector,
  type Runtime,
  type StatusCause,
} from '@kubarium/shared';
import type { ClusterDns, Question } from '@kubarium/dns';
import { dnsEvidence } from './dns-evidence.ts';
import { TraceRecorder } from './trace-recorder.ts';
import { tracedRequest } from './traced-request.ts';
import { TRACES, type Trace, type TraceStatus } from './trace-resource.ts';

export interface TraceReviewOptions {
  readonly client: KubeClient;
  readonly nodes: NodeConnector;
  readonly runtime: Runtime;
  /** The cluster's DNS, asked for its reasons; and the address that pods reach it at. */
  readonly dns: ClusterDns;
  readonly dnsAddress: string;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 300;

/**
 * Answers Traces: runs `curl` in the pod with a trace sink that the resolver, the network and curl itself report to. The request is
 * a real one; the pod's process does nothing that an exec would not do.
 */
export const traceReview = ({ client, nodes, runtime, dns, dnsAddress }: TraceReviewOptions): ReviewResource => ({
  definition: reviewDefinition({ ...TRACES, schema: '' }),
  async review(_context, draft) {
    const trace = draft as Trace;
    const causes = problems(trace);
    if (causes.length > 0) throw invalid(TRACES, trace.metadata.name ?? '', causes);
    const { spec } = trace;
    const pod = await client.get(PODS, { namespace: trace.metadata.namespace, name: spec.pod });
    if (!pod.spec.nodeName) throw badRequest(`pod ${spec.pod} has no node yet; see: kubectl describe pod ${spec.pod}`);
    const cluster = { serviceAddress: dnsAddress, answer: (question: Question) => dns.answer(question) };
    const recorder = new TraceRecorder(runtime.clock, (hop, before) => dnsEvidence(hop, before, cluster));
    const { container, url, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = spec;
    const outcome = await tracedRequest(nodes, { pod, container, url, timeoutSeconds }, recorder);
    const source = {
      pod: `${pod.metadata.namespace}/${spec.pod}`,
      node: pod.spec.nodeName,
      ...(pod.status.podIP !== undefined && { address: pod.status.podIP }),
    };
    const status: TraceStatus = { source, hops: recorder.hops, ...outcome };
    return { ...trace, status };
  },
});

function problems({ spec }: Trace): StatusCause[] {
  const missing = (['pod', 'url'] as const).filter((field) => typeof spec?.[field] !== 'string' || spec[field] === '');
  const causes: StatusCause[] = missing.map((field) => ({
    reason: 'FieldValueRequired',
    message: 'Required value',
    field: `spec.${field}`,
  }));
  const seconds: unknown = spec?.timeoutSeconds;
  if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    causes.push({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(seconds)}: must be more than 0 and at most ${MAX_TIMEOUT_SECONDS}`,
      field: 'spec.timeoutSeconds',
    });
  }
  return causes;
}
