import { declined } from './declined.ts';
import { findName, type FindOptions } from './find-name.ts';
import { parseRequest } from './parse-request.ts';
import { CLASS_IN, TYPE, typeName, type Answer, type ResourceRecord } from './record.ts';
import type { CnameRecord } from './records/cname.ts';
import { startOfAuthority } from './records/soa.ts';

/** How many ExternalName Services are followed to an address. */
const MAX_CHAIN = 10;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/**
 * Answers a question out of the index, and only from it.
 *
 * 1. Not of class IN, a zone transfer, or a name outside the cluster's domain and the reverse trees: REFUSED.
 * 2. A name that does not exist: NXDOMAIN. A name that does, but not with this type: NODATA (NOERROR, no answer). Both carry the
 *    zone's SOA as authority.
 * 3. An ExternalName Service is a CNAME. Asked for addresses, it is followed: to those of another name of the cluster (NODATA where
 *    there are none), or out of the cluster, which `leadsTo` tells. It has no records of other types.
 * 4. SRV and NS answers bring the addresses of their targets as additional records.
 */
export function answerQuestion(question: Question, options: FindOptions): Answer {
  const { name, type } = question;
  if (question.class !== CLASS_IN) return declined('REFUSED', `class ${question.class} is not served`);
  if (type === TYPE.AXFR || type === TYPE.IXFR) return declined('REFUSED', 'zone transfers are not served');
  const request = parseRequest(name, options.zone);
  if (request.kind === 'outside')
    return declined('REFUSED', `${name || 'the root'} is outside the cluster domain ${options.zone}`);
  const found = findName(name, type, request, options);
  const alias = found.records.find(isAlias);
  const isAddressType = type === TYPE.A || type === TYPE.AAAA;
  const { answers, reason, leadsTo } =
    alias !== undefined && isAddressType
      ? follow(alias, type, options)
      : { answers: found.records.filter((record) => TYPE[record.type] === type) };
  const told = reason === undefined ? found.reason : `${found.reason}; ${reason}`;
  if (answers.length > 0) {
    const additional = type === TYPE.SRV || type === TYPE.NS ? (found.additional ?? []) : [];
    return { rcode: 'NOERROR', authoritative: true, answers, authority: [], additional, reason: told, leadsTo };
  }
  const { zone } = 'zone' in request ? request : options;
  return {
    rcode: found.exists ? 'NOERROR' : 'NXDOMAIN',
    authoritative: true,
    answers: [],
    // In the asker's upper and lower case.
    authority: [startOfAuthority(name.slice(-zone.length), options)],
    additional: [],
    reason: found.exists && reason === undefined ? `${told}; it has no ${typeName(type)} record` : told,
  };
}

const isAlias = (record: ResourceRecord): record is CnameRecord => record.type === 'CNAME';

/** Follows an alias to addresses of the cluster, or out of it; with a reason, and no answers, where it leads to none. */
function follow(alias: CnameRecord, type: number, options: FindOptions): Partial<Answer> & Pick<Answer, 'answers'> {
  const chain: ResourceRecord[] = [alias];
  let { target } = alias;
  for (;;) {
    const request = parseRequest(target, options.zone);
    if (request.kind === 'outside') return { answers: chain, leadsTo: target };
    const found = findName(target, type, request, options);
    const addresses = found.records.filter((record) => TYPE[record.type] === type);
    if (addresses.length > 0) return { answers: [...chain, ...addresses] };
    const next = found.records.find(isAlias);
    if (next === undefined)
      return {
        answers: [],
        reason: found.exists ? `${found.reason}; it has no ${typeName(type)} record` : found.reason,
      };
    if (chain.length === MAX_CHAIN)
      return { answers: [], reason: `more than ${MAX_CHAIN} external names are not followed` };
    chain.push(next);
    ({ target } = next);
  }
}
