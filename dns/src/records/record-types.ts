import type { MessageWriter } from '../message-writer.ts';
import { a, type ARecord } from './a.ts';
import { aaaa, type AaaaRecord } from './aaaa.ts';
import { cname, type CnameRecord } from './cname.ts';
import { ns, type NsRecord } from './ns.ts';
import { ptr, type PtrRecord } from './ptr.ts';
import { soa, type SoaRecord } from './soa.ts';
import { srv, type SrvRecord } from './srv.ts';
import { txt, type TxtRecord } from './txt.ts';
import type { RecordType } from './record-type.ts';

interface Records {
  readonly A: ARecord;
  readonly NS: NsRecord;
  readonly CNAME: CnameRecord;
  readonly SOA: SoaRecord;
  readonly PTR: PtrRecord;
  readonly TXT: TxtRecord;
  readonly SRV: SrvRecord;
  readonly AAAA: AaaaRecord;
}

/** A record of any type that the server gives. */
export type ResourceRecord = Records[keyof Records];

/** The types of records that the server gives, by name. */
export const RECORD_TYPES: { readonly [Name in keyof Records]: RecordType<Records[Name]> } = {
  A: a,
  NS: ns,
  CNAME: cname,
  SOA: soa,
  PTR: ptr,
  TXT: txt,
  SRV: srv,
  AAAA: aaaa,
};

/** Writes a record's data as its type has it. */
export function writeRecordData<Name extends keyof Records>(record: Records[Name], writer: MessageWriter): void {
  const type: RecordType<Records[Name]> = RECORD_TYPES[record.type as Name];
  type.write(record, writer);
}
