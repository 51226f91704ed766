import packet, { type Answer } from 'dns-packet';
import type { ClusterDns } from '../cluster-dns.ts';

/** A response as the lines of a zone file; read by an implementation that is not ours. */
export interface ZoneFile {
  readonly rcode: string;
  readonly flags: string;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

/** Asks `NAME TYPE` over the wire format; addresses are sorted, since their order is by chance. */
export function askZoneFile(dns: ClusterDns, question: string): ZoneFile {
  const [name = '', type = 'A'] = question.split(' ');
  const query = packet.encode({ type: 'query', id: 7, questions: [{ name, type: type as 'A' }] });
  const response = packet.decode(Buffer.from(dns.answerMessage(query, 'tcp') as Uint8Array)) as packet.DecodedPacket & {
    rcode: string;
  };
  return {
    rcode: response.rcode,
    flags: [response.flag_aa && 'aa', response.flag_tc && 'tc', response.flag_ra && 'ra'].filter(Boolean).join(' '),
    answer: zoneFileLines(response.answers ?? []),
    authority: zoneFileLines(response.authorities ?? []),
    additional: zoneFileLines(response.additionals ?? []),
  };
}

export const zoneFileLines = (records: readonly Answer[]): string[] =>
  records
    .flatMap((record) =>
      record.type === 'OPT' ? [] : [`${record.name}. ${ttlOf(record)} IN ${record.type} ${dataOf(record)}`],
    )
    .sort();

const ttlOf = (record: Answer): number | undefined => ('ttl' in record ? record.ttl : undefined);

function dataOf(record: Answer): string {
  switch (record.type) {
    case 'SRV': {
      const { priority = 0, weight = 0, port, target } = record.data;
      return `${priority} ${weight} ${port} ${target}.`;
    }
    case 'SOA': {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record.data;
      return `${mname}. ${rname}. ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case 'TXT':
      return `"${String(record.data)}"`;
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return `${record.data}.`;
    case 'A':
    case 'AAAA':
      return record.data;
    default:
      throw new Error(`no zone-file form for ${record.type}`);
  }
}
