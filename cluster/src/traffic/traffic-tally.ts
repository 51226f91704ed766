import { socketAddressText, type Hop, type SocketAddress } from '@kubarium/shared';
import type { RequestOutcome } from '../trace/traced-request.ts';
import type { TrafficStatus } from './traffic-resource.ts';

/** Counts what became of requests. */
export class TrafficTally {
  readonly #errors = new Map<string, number>();
  readonly #endpoints = new Map<string, { readonly target: string | undefined; count: number }>();
  readonly #latencies: number[] = [];
  #requests = 0;

  /** Notes a request that has ended, with the hops that it took. */
  add(hops: readonly Hop[], outcome: RequestOutcome, latencyMs: number): void {
    this.#requests++;
    // The last Service on the way: those before it are the DNS queries'.
    const service = hops.findLast(
      ({ stage, asked }) => stage === 'service' && asked.startsWith('TCP') && !asked.endsWith(':53'),
    );
    const endpoint = service?.facts?.['endpoint'];
    if (typeof endpoint === 'string') {
      const target = service?.facts?.['target'];
      const known = this.#endpoints.get(endpoint);
      if (known === undefined) {
        this.#endpoints.set(endpoint, { target: typeof target === 'string' ? target : undefined, count: 1 });
      } else known.count++;
    }
    const cause = causeOf(hops, outcome);
    if (cause === undefined) this.#latencies.push(latencyMs);
    else this.#errors.set(cause, (this.#errors.get(cause) ?? 0) + 1);
  }

  get status(): TrafficStatus {
    const most = (a: { readonly count: number }, b: { readonly count: number }): number => b.count - a.count;
    return {
      requests: this.#requests,
      answered: this.#latencies.length,
      errors: [...this.#errors].map(([cause, count]) => ({ cause, count })).sort(most),
      latenciesMs: this.#latencies.toSorted((a, b) => a - b),
      endpoints: [...this.#endpoints].map(([endpoint, known]) => ({ endpoint, ...known })).sort(most),
    };
  }
}

/** Why a request counts as failed: the hop that ended it, in words that are alike for all requests that ended alike. */
function causeOf(hops: readonly Hop[], { response, error }: RequestOutcome): string | undefined {
  if (response !== undefined) return response.code < 400 ? undefined : `HTTP ${response.code}`;
  const failed = hops.find(({ ok }) => !ok);
  return failed === undefined ? error : `${failed.stage}: ${failed.verdict}: ${reasonOf(failed)}`;
}

/** The reason without the address of the endpoint that it was: what all of a Service's pods do not listen on is one cause. */
function reasonOf({ reason, facts }: Hop): string {
  const target = facts?.['target'];
  if (typeof target !== 'object' || target === null) return reason;
  const at = target as SocketAddress;
  return reason.replace(socketAddressText(at), `port ${at.port} of the endpoint`);
}
