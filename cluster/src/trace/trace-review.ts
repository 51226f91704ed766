import type { ReviewResource } from '@kubarium/apiserver';
import { badRequest, invalid, PODS, type KubeClient, type NodeConnector, type StatusCause } from '@kubarium/shared';
import { TRACE_DEFINITION } from './trace-definition.ts';
import { requestStatus, type TraceJournal } from './trace-journal.ts';
import { tracedRequest } from './traced-request.ts';
import { TRACES, type Trace } from './trace-resource.ts';

export interface TraceReviewOptions {
  readonly client: KubeClient;
  readonly nodes: NodeConnector;
  readonly journal: TraceJournal;
}

const DEFAULT_TIMEOUT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 300;

/**
 * Answers Traces: runs `curl` in the pod with a trace sink that the resolver, the network and curl itself report to. The request is
 * a real one; the pod's process does nothing that an exec would not do. The answer is kept for a while.
 */
export const traceReview = ({ client, nodes, journal }: TraceReviewOptions): ReviewResource => ({
  definition: TRACE_DEFINITION,
  reads: journal.reads,
  async review(_context, draft) {
    const trace = draft as Trace;
    const causes = problems(trace);
    if (causes.length > 0) throw invalid(TRACES, trace.metadata.name ?? '', causes);
    const { spec, metadata } = trace;
    const { namespace, name, generateName } = metadata;
    const pod = await client.get(PODS, { namespace, name: spec.pod! });
    const node = pod.spec.nodeName;
    if (!node) throw badRequest(`pod ${spec.pod} has no node yet; see: kubectl describe pod ${spec.pod}`);
    const recorder = journal.recorder();
    const { container, url, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = spec;
    const { response, error } = await tracedRequest(nodes, { pod, container, url: url!, timeoutSeconds }, recorder);
    const source = { pod: `${namespace}/${spec.pod}`, address: pod.status.podIP, node };
    const status = requestStatus(recorder, { source, response, error });
    return journal.keep({ metadata: { namespace, name, generateName }, spec, status });
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
