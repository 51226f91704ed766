import { reviewDefinition, type ReviewResource } from '@kubarium/apiserver';
import {
  badRequest,
  invalid,
  PODS,
  sleep,
  type KubeClient,
  type NodeConnector,
  type Runtime,
  type StatusCause,
} from '@kubarium/shared';
import { TraceRecorder } from '../trace/trace-recorder.ts';
import { tracedRequest } from '../trace/traced-request.ts';
import { TRAFFICS, type Traffic, type TrafficSpec } from './traffic-resource.ts';
import { TrafficTally } from './traffic-tally.ts';
import { TRAFFIC_SCHEMA } from './traffic-schema.ts';

const DEFAULT_TIMEOUT_SECONDS = 5;

export interface TrafficReviewOptions {
  readonly client: KubeClient;
  readonly nodes: NodeConnector;
  readonly runtime: Runtime;
}

/** Answers Traffics: makes the requests with the pod's own `curl`, each on a connection of its own, at even intervals of the clock. */
export const trafficReview = ({ client, nodes, runtime }: TrafficReviewOptions): ReviewResource => ({
  definition: reviewDefinition({ ...TRAFFICS, schema: '', ownSchema: TRAFFIC_SCHEMA }),
  async review(_context, draft) {
    const traffic = draft as Traffic;
    const causes = problems(traffic.spec);
    if (causes.length > 0) throw invalid(TRAFFICS, traffic.metadata.name ?? '', causes);
    const { pod: name, rate, durationSeconds, url, container, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = traffic.spec;
    const pod = await client.get(PODS, { namespace: traffic.metadata.namespace, name });
    if (!pod.spec.nodeName) throw badRequest(`pod ${name} has no node yet; see: kubectl describe pod ${name}`);
    const { clock } = runtime;
    const tally = new TrafficTally();
    const request = async (): Promise<void> => {
      const recorder = new TraceRecorder(clock);
      const beganMs = clock.now();
      const outcome = await tracedRequest(nodes, { pod, container, url, timeoutSeconds }, recorder);
      tally.add(recorder.hops, outcome, clock.now() - beganMs);
    };
    const beganMs = clock.now();
    const requests = Array.from({ length: Math.max(1, Math.round(rate * durationSeconds)) }, async (_, number) => {
      const waitMs = beganMs + (number * 1000) / rate - clock.now();
      if (waitMs > 0) await sleep(clock, waitMs);
      await request();
    });
    await Promise.all(requests);
    return { ...traffic, status: tally.status };
  },
});

function problems(spec: TrafficSpec | undefined): StatusCause[] {
  const missing = (['pod', 'url'] as const).filter((field) => typeof spec?.[field] !== 'string' || spec[field] === '');
  const bounds = [
    ['rate', spec?.rate, 1, 500],
    ['durationSeconds', spec?.durationSeconds, 0.1, 60],
    ['timeoutSeconds', spec?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS, 0.1, 60],
  ] as const;
  return [
    ...missing.map((field) => ({ reason: 'FieldValueRequired', message: 'Required value', field: `spec.${field}` })),
    ...bounds.flatMap(([field, value, least, most]) =>
      typeof value === 'number' && value >= least && value <= most
        ? []
        : [
            {
              reason: 'FieldValueInvalid',
              message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: must be a number from ${least} to ${most}`,
              field: `spec.${field}`,
            },
          ],
    ),
  ];
}
