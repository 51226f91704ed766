import { TYPE, type Answer, type Question, type ResourceRecord } from '@kubarium/dns';
import type { Alternative, Hop } from '@kubarium/shared';

const CLASS_IN = 1;

/** What is known of the cluster's DNS besides what it answers. */
export interface DnsKnowledge {
  /** Where pods reach it. */
  readonly serviceAddress: string;
  answer(question: Question): Answer;
  /** What else a name might have led to, and why it did not. */
  alternatives(name: string): readonly Alternative[];
}

/**
 * What the cluster's DNS decided about a name that a resolver says it asked for: the record, and why there is this one or none. The
 * resolver sees an answer, not the reason; this joins the two. Undefined where the hop is no question to the cluster's DNS, or where
 * the two do not agree (the name has changed meanwhile): then nothing is known. What an upstream server said only the resolver knows.
 */
export function dnsEvidence(hop: Hop, before: readonly Hop[], dns: DnsKnowledge): Hop | undefined {
  const { candidate, type = 'A', addresses = [], code } = hop.facts ?? {};
  if (hop.stage !== 'resolver' || typeof candidate !== 'string') return undefined;
  const asked = before.findLast(({ stage }) => stage === 'datagram' || stage === 'connect');
  if (asked?.ok !== true || !asked.asked.endsWith(`${dns.serviceAddress}:53`)) return undefined;
  const name = candidate.replace(/\.$/, '');
  const answer = dns.answer({ name, type: TYPE[type as 'A'], class: CLASS_IN });
  const found = answer.answers.flatMap((record) => ('address' in record ? [record.address] : []));
  const agrees =
    answer.isForwarded === true ||
    (code === undefined
      ? [...found].sort().join() === [...(addresses as string[])].sort().join()
      : found.length === 0 && code === (answer.rcode === 'NOERROR' ? 'NODATA' : answer.rcode));
  if (!agrees) return undefined;
  return {
    stage: 'dns',
    where: asked.where,
    asked: `${candidate} ${String(type)}`,
    verdict:
      [...answer.answers.map(recordText), ...(answer.isForwarded === true ? (addresses as string[]) : [])].join(', ') ||
      String(code),
    reason: answer.reason,
    ok: true,
    alternatives: dns.alternatives(name),
    facts: { rcode: answer.isForwarded === true ? (code ?? 'NOERROR') : answer.rcode, records: answer.answers },
  };
}

const recordText = (record: ResourceRecord): string =>
  `${record.type} ${'address' in record ? record.address : 'target' in record ? record.target : ''}`.trimEnd();
