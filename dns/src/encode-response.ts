import type { Malformed, Query } from './decode-query.ts';
import { MessageWriter } from './message-writer.ts';
import { CLASS_IN, RCODE, TYPE, type Answer, type Rcode, type ResourceRecord } from './record.ts';
import { writeRecordData } from './records/record-types.ts';

/** What fits a UDP response for askers without EDNS (RFC 1035). */
const PLAIN_UDP_SIZE = 512;
const OPT_SIZE = 11;
const LARGEST = 65_535;

/**
 * Writes the response to a query, names compressed. It keeps to the asker's size over UDP: records are left out from the end, additional
 * ones first, and TC tells the asker to come back over TCP.
 */
export function encodeResponse(query: Query, answer: Answer, transport: 'udp' | 'tcp'): Buffer {
  const limit = transport === 'tcp' ? LARGEST : Math.max(PLAIN_UDP_SIZE, query.edns?.udpSize ?? 0);
  const room = Math.min(limit, LARGEST) - (query.edns === undefined ? 0 : OPT_SIZE);
  const writer = new MessageWriter();
  writer.question(query.question, query.name);
  let isCut = false;
  const counts = [answer.answers, answer.authority, answer.additional].map((section) => {
    const count = isCut ? 0 : writeRecords(writer, section, room);
    isCut ||= count < section.length;
    return count;
  });
  const [answers = 0, authority = 0, additional = 0] = counts;
  if (query.edns !== undefined) writeOpt(writer, query.edns.udpSize, answer.rcode);
  const extra = additional + (query.edns === undefined ? 0 : 1);
  const flags =
    0x8000 |
    (query.opcode << 11) |
    (answer.authoritative ? 0x0400 : 0) |
    (isCut ? 0x0200 : 0) |
    query.repeatedFlags |
    (RCODE[answer.rcode] & 15);
  return writer.message(query.id, flags, [1, answers, authority, extra]);
}

/** The response to what cannot be read: a header that says FORMERR; undefined where silence is the answer. */
export function encodeFormatError({ id, opcode }: Malformed): Buffer | undefined {
  if (id === undefined) return undefined;
  return new MessageWriter().message(id, 0x8000 | (opcode << 11) | RCODE.FORMERR, [0, 0, 0, 0]);
}

/** Writes as many of the records as end within the limit and returns how many. */
function writeRecords(writer: MessageWriter, records: readonly ResourceRecord[], limit: number): number {
  for (const [index, record] of records.entries()) {
    const start = writer.position;
    writer.name(record.name);
    writer.short(TYPE[record.type]);
    writer.short(CLASS_IN);
    writer.long(record.ttl);
    writer.measured(() => writeRecordData(record, writer));
    if (writer.position > limit) {
      writer.backTo(start);
      return index;
    }
  }
  return records.length;
}

/** The OPT record of EDNS 0 (RFC 6891); the size is the asker's own, as CoreDNS has it. */
function writeOpt(writer: MessageWriter, udpSize: number, rcode: Rcode): void {
  writer.byte(0);
  writer.short(TYPE.OPT);
  writer.short(udpSize);
  writer.byte(RCODE[rcode] >> 4);
  writer.byte(0);
  writer.short(0);
  writer.short(0);
}
