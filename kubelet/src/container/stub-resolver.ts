import type { Alternative, TraceSink } from '@kubarium/shared';
import { isIP } from 'node:net';
import type { DnsAnswer, RecordType } from './dns-client.ts';
import { queryDns } from './dns-client.ts';
import type { ResolvConf } from './resolver-files.ts';
import { readHosts, readResolvConf, searchCandidates } from './resolver-files.ts';
import type { Resolution, Resolver, ResolverOptions } from './resolver.ts';

type Failure = Extract<Resolution, { ok: false }>['code'];

/**
 * The pod's resolver, after glibc: the files are read at each look-up, since volumes change under them.
 *
 * Simplified: AAAA is asked only where the name exists and has no A record. glibc asks for both at once, and so finds the IPv6 addresses
 * as well of a name that has both (a headless Service with slices of both families); without an IPv6 network they lead nowhere.
 */
export function createStubResolver(options: ResolverOptions): Resolver {
  return { lookup: (name, trace) => new Lookup(options, trace).run(name) };
}

class Lookup {
  readonly #options: ResolverOptions;
  readonly #trace: TraceSink | undefined;

  constructor(options: ResolverOptions, trace: TraceSink | undefined) {
    this.#options = options;
    this.#trace = trace;
  }

  async run(name: string): Promise<Resolution> {
    const absolute = name.replace(/\.$/, '').toLowerCase();
    if (isIP(absolute) !== 0) return { ok: true, addresses: [absolute], canonicalName: absolute };
    const known = this.#fromHosts(absolute);
    if (known !== undefined) return known;
    const conf = readResolvConf(this.#options.files);
    if (!isHostName(absolute)) return this.#failed(name, 'NXDOMAIN', 'this is no host name');
    if (conf.nameservers.length === 0) return this.#failed(name, 'TIMEOUT', '/etc/resolv.conf names no server');
    const candidates = searchCandidates(name, conf);
    const codes: Failure[] = [];
    for (const [i, candidate] of candidates.entries()) {
      const reason = candidateReason(name, candidate, i, candidates.length, conf);
      const found = await this.#ask(candidate, conf, reason, () => losers(candidates, codes, i));
      if (found.ok) return found;
      codes.push(found.code);
      // Who does not answer now will not answer for the next name either.
      if (found.code === 'TIMEOUT') {
        const others = losers(candidates, codes.slice(0, -1), i, 'not asked, since no name server answers');
        return this.#failed(name, 'TIMEOUT', 'no name server answered', others);
      }
    }
    const code = codes.includes('NODATA') ? 'NODATA' : (codes.findLast((one) => one !== 'NXDOMAIN') ?? 'NXDOMAIN');
    return this.#failed(name, code, 'no candidate of the search list has an address', losers(candidates, codes));
  }

  #fromHosts(name: string): Resolution | undefined {
    const entries = readHosts(this.#options.files).filter(({ names }) =>
      names.some((other) => other.toLowerCase() === name),
    );
    const addresses = entries.map(({ address }) => address);
    // IPv4 first, as getaddrinfo sorts them for a host without IPv6 routes.
    addresses.sort((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
    if (entries.length === 0 && name !== 'localhost') return undefined;
    const found = entries.length === 0 ? ['127.0.0.1'] : addresses;
    this.#hop(name, found.join(', '), '/etc/hosts has it', true, {}, () => [
      { what: 'the name servers of /etc/resolv.conf', why: 'not asked: /etc/hosts comes first', taken: false },
    ]);
    return { ok: true, addresses: found, canonicalName: entries[0]?.names[0] ?? name };
  }

  /** One candidate: A, then AAAA where there is no A. */
  async #ask(
    candidate: string,
    conf: ResolvConf,
    reason: string,
    others: () => readonly Alternative[],
  ): Promise<Resolution> {
    let code: Failure = 'NODATA';
    for (const type of ['A', 'AAAA'] as const) {
      const answer = await this.#query(candidate, type, conf);
      if (typeof answer === 'string') code = answer;
      else {
        const addresses = answer.answers
          .filter((record) => record.type === (type === 'A' ? 1 : 28))
          .map(({ address }) => address!);
        if (addresses.length > 0) {
          const canonicalName = answer.answers.findLast((record) => record.type === 1 || record.type === 28)!.name;
          this.#hop(`${candidate} ${type}`, addresses.join(', '), reason, true, { candidate, type, addresses }, others);
          return { ok: true, addresses, canonicalName };
        }
        code = 'NODATA';
      }
      if (code !== 'NODATA') break;
    }
    this.#hop(`${candidate} A`, code, reason, true, { candidate, code });
    return { ok: false, code };
  }

  async #query(name: string, type: RecordType, conf: ResolvConf): Promise<DnsAnswer | Failure> {
    const trace = this.#trace;
    let failure: Failure = 'TIMEOUT';
    for (let attempt = 0; attempt < conf.attempts; attempt++)
      for (const server of conf.nameservers) {
        const query = { server, name, type, timeoutMs: conf.timeoutSeconds * 1000, trace };
        let outcome = await queryDns(this.#options, query);
        if (outcome.ok && outcome.answer.truncated) outcome = await queryDns(this.#options, { ...query, tcp: true });
        if (!outcome.ok) continue;
        const { rcode } = outcome.answer;
        if (rcode === 'NOERROR') return outcome.answer;
        if (rcode === 'NXDOMAIN') return 'NXDOMAIN';
        // Another server may know better.
        failure = rcode === 'REFUSED' ? 'REFUSED' : 'SERVFAIL';
      }
    return failure;
  }

  #failed(name: string, code: Failure, reason: string, others: readonly Alternative[] = []): Resolution {
    this.#hop(name, code, reason, false, { code }, () => others);
    return { ok: false, code };
  }

  #hop(
    asked: string,
    verdict: string,
    reason: string,
    ok: boolean,
    facts: Readonly<Record<string, unknown>>,
    others?: () => readonly Alternative[],
  ): void {
    if (this.#trace === undefined) return;
    this.#trace.hop({
      stage: 'resolver',
      where: this.#options.where ?? this.#options.network.addresses[0] ?? 'pod',
      asked,
      verdict,
      reason,
      ok,
      alternatives: others?.(),
      facts,
    });
  }
}

/** The candidates of the search list but the one at `found`, with what was answered to each, or why it was not asked. */
const losers = (
  candidates: readonly string[],
  codes: readonly Failure[],
  found = candidates.length,
  unasked = 'not asked, since an earlier one has an address',
): Alternative[] =>
  candidates.flatMap((candidate, i) =>
    i === found ? [] : [{ what: candidate, why: codes[i] ?? unasked, taken: false }],
  );

function candidateReason(name: string, candidate: string, index: number, count: number, conf: ResolvConf): string {
  const place = `candidate ${index + 1} of ${count}`;
  if (name.endsWith('.')) return 'the dot at the end makes it absolute';
  const dots = name.split('.').length - 1;
  if (candidate === name)
    return dots >= conf.ndots
      ? `${place}: ${dots} dots, ndots:${conf.ndots}, so first as it is`
      : `${place}: as it is, after the search list`;
  return `${place}: search ${candidate.slice(name.length + 1)} (${dots} dots, ndots:${conf.ndots})`;
}

const isHostName = (name: string): boolean =>
  name !== '' &&
  name.length <= 253 &&
  name.split('.').every((label) => label !== '' && label.length <= 63 && !/\s/.test(label));
