import type { TrafficStatus } from '@kubarium/cluster';

const BAR_LENGTH = 40;
/** How many causes are told; all are in the JSON. */
const MOST_ERRORS = 10;

/**
 * A load for people: what became of the requests, how long the answers took, and the share of each endpoint.
 *
 *     100 requests, 98 answered, 2 failed
 *       2  connect: connection refused: ...
 *     latency  p50 1 ms  p90 2 ms  p99 4 ms  max 9 ms
 *       10.244.0.3:80  pod default/backend-1  51 %  ████████████████████
 */
export function trafficText({ requests, answered, errors, latenciesMs, endpoints }: TrafficStatus): string {
  const countWidth = Math.max(0, ...errors.map(({ count }) => String(count).length));
  const nameWidth = Math.max(0, ...endpoints.map((one) => nameOf(one).length));
  const sent = endpoints.reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...endpoints.map(({ count }) => count));
  return [
    `${requests} requests, ${answered} answered, ${requests - answered} failed`,
    ...errors.slice(0, MOST_ERRORS).map(({ cause, count }) => `  ${String(count).padStart(countWidth)}  ${cause}`),
    ...(errors.length > MOST_ERRORS ? [`  and ${errors.length - MOST_ERRORS} more causes`] : []),
    ...(answered === 0 ? [] : [latencyLine(latenciesMs)]),
    ...endpoints.map((one) => {
      const share = `${Math.round((100 * one.count) / sent)} %`.padStart(5);
      return `  ${nameOf(one).padEnd(nameWidth)}  ${share}  ${'█'.repeat(Math.round((BAR_LENGTH * one.count) / most))}`;
    }),
    '',
  ].join('\n');
}

const nameOf = ({ endpoint, target }: TrafficStatus['endpoints'][number]): string =>
  target === undefined ? endpoint : `${endpoint}  ${target}`;

function latencyLine(latenciesMs: readonly number[]): string {
  const told = Object.entries(percentiles(latenciesMs)).map(
    ([name, value]) => `${name} ${value < 10 ? value : Math.round(value)} ms`,
  );
  return `latency  ${told.join('  ')}`;
}

interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Of ascending milliseconds, at least one, to a tenth. */
function percentiles(latenciesMs: readonly number[]): Percentiles {
  const at = (share: number): number => {
    const value = latenciesMs[Math.min(latenciesMs.length - 1, Math.ceil(share * latenciesMs.length) - 1)]!;
    return Math.round(value * 10) / 10;
  };
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** A load for programs: as for people, with the latencies as percentiles, in milliseconds. */
export function trafficJson({ latenciesMs, ...rest }: TrafficStatus): string {
  const latency = latenciesMs.length === 0 ? {} : { latencyMs: percentiles(latenciesMs) };
  return `${JSON.stringify({ ...rest, ...latency }, null, 2)}\n`;
}

/** How far a load has got, in one short line. */
export function progressText({ requests, answered, latenciesMs }: TrafficStatus, seconds: number, of: number): string {
  const latency = answered === 0 ? '' : `, p50 ${percentiles(latenciesMs).p50} ms`;
  return `${Math.round(seconds)} s of ${Math.round(of)} s: ${requests} requests, ${requests - answered} failed${latency}`;
}

/** Several loads as one. */
export function joinedTraffic(parts: readonly TrafficStatus[]): TrafficStatus {
  const errors = new Map<string, number>();
  const endpoints = new Map<string, TrafficStatus['endpoints'][number]>();
  for (const part of parts) {
    for (const { cause, count } of part.errors) errors.set(cause, (errors.get(cause) ?? 0) + count);
    for (const one of part.endpoints) {
      endpoints.set(one.endpoint, { ...one, count: one.count + (endpoints.get(one.endpoint)?.count ?? 0) });
    }
  }
  const most = (a: { readonly count: number }, b: { readonly count: number }): number => b.count - a.count;
  return {
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    answered: parts.reduce((sum, { answered }) => sum + answered, 0),
    errors: [...errors].map(([cause, count]) => ({ cause, count })).sort(most),
    latenciesMs: parts.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b),
    endpoints: [...endpoints.values()].sort(most),
  };
}
