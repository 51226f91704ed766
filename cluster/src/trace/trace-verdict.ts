import type { FlowEnd, Hop } from '@kubarium/shared';
import type { TraceVerdict } from './trace-resource.ts';

export interface Judgement {
  readonly verdict: TraceVerdict;
  readonly reason: string;
}

/** What became of a connection or datagram, and why. */
export function flowJudgement(hops: readonly Hop[], { outcome, by }: FlowEnd): Judgement {
  const isDenied = outcome === 'dropped' && by === 'policy';
  return {
    verdict: isDenied ? 'Denied' : FLOW_VERDICTS[outcome],
    reason: outcome === 'delivered' ? deliveryReason(hops) : failureReason(hops),
  };
}

const FLOW_VERDICTS = {
  delivered: 'Delivered',
  refused: 'Refused',
  dropped: 'Dropped',
  unreachable: 'Unreachable',
} as const satisfies Record<FlowEnd['outcome'], TraceVerdict>;

/** What became of a request, by its hops and whether anything came back. `error` is the client's own word for why not. */
export function requestJudgement(hops: readonly Hop[], isAnswered: boolean, error: string | undefined): Judgement {
  if (isAnswered) return { verdict: 'Answered', reason: hops.at(-1)?.reason ?? '' };
  const reason = hops.every(({ ok }) => ok) ? (error ?? '') : failureReason(hops);
  if (hops.some(({ stage, ok }) => stage === 'resolver' && !ok)) return { verdict: 'Unresolved', reason };
  const connect = hops.findLast(({ stage }) => stage === 'connect');
  if (connect === undefined) return { verdict: 'Failed', reason };
  if (connect.ok) return { verdict: 'Unanswered', reason };
  const before = hops[hops.lastIndexOf(connect) - 1];
  if (before?.stage === 'policy' && !before.ok) return { verdict: 'Denied', reason };
  return { verdict: CONNECT_VERDICTS[connect.verdict] ?? 'Failed', reason };
}

const CONNECT_VERDICTS: Readonly<Record<string, TraceVerdict>> = {
  refused: 'Refused',
  'connection refused': 'Refused',
  dropped: 'Dropped',
  'no route to host': 'Unreachable',
  'no answer': 'Unreachable',
};

/** The Service that a connection or datagram was for. */
export function serviceOf(hops: readonly Hop[]): string | undefined {
  const service = hops.findLast(({ stage }) => stage === 'service')?.facts?.['service'];
  return typeof service === 'string' ? service : undefined;
}

/** The Service that a request was for: the last one asked over TCP, since those before it are the DNS queries'. */
export const requestedServiceOf = (hops: readonly Hop[]): string | undefined =>
  serviceOf(hops.filter(({ asked }) => asked.startsWith('TCP') && !asked.endsWith(':53')));

/** The rule that sent it where it arrived tells more than the arrival. */
const deliveryReason = (hops: readonly Hop[]): string =>
  (hops.findLast(({ stage }) => stage === 'service') ?? hops.at(-1))?.reason ?? '';

/** The first hop that failed is the cause; those after it tell what came of it. */
function failureReason(hops: readonly Hop[]): string {
  const failed = hops.find(({ ok }) => !ok);
  if (failed === undefined) return '';
  return failed.stage === 'resolver' ? `${failed.verdict}: ${failed.reason}` : failed.reason;
}
