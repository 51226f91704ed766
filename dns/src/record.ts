import { RECORD_TYPES, type ResourceRecord } from './records/record-types.ts';

export type { ResourceRecord };

/** The numbers of RFC 1035 and its successors that the server knows by name. */
export const TYPE = {
  A: RECORD_TYPES.A.number,
  NS: RECORD_TYPES.NS.number,
  CNAME: RECORD_TYPES.CNAME.number,
  SOA: RECORD_TYPES.SOA.number,
  PTR: RECORD_TYPES.PTR.number,
  TXT: RECORD_TYPES.TXT.number,
  SRV: RECORD_TYPES.SRV.number,
  AAAA: RECORD_TYPES.AAAA.number,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;

export const CLASS_IN = 1;

export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;
export type Rcode = keyof typeof RCODE;

/** What the server says to a question. */
export interface Answer {
  readonly rcode: Rcode;
  /** Whether the name is in a zone of the cluster. */
  readonly authoritative: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  /** The name outside the cluster that the last of the answers, an alias, is for: its addresses are for another server to tell. */
  readonly leadsTo?: string | undefined;
  /** The upstream server is asked: what it says goes before this, or behind the answers that lead out of the cluster. */
  readonly isForwarded?: boolean | undefined;
  /** The evidence, in a sentence: which object the answer comes from, or why there is none. */
  readonly reason: string;
}

/** The name of a type by its number: `A`, `TYPE99`. */
export function typeName(type: number): string {
  for (const [name, number] of Object.entries(TYPE)) if (number === type) return name;
  return `TYPE${type}`;
}
