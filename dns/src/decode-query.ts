import { HEADER_BYTES, MalformedMessageError, MessageReader } from './message-reader.ts';
import { TYPE } from './record.ts';

/** A question as it came over the wire. */
export interface Query {
  readonly id: number;
  readonly opcode: number;
  /** RD and CD: the bits of the flags that a response repeats. */
  readonly repeatedFlags: number;
  /** Without the final dot, in the asker's upper and lower case; dots and backslashes within a label are escaped. Empty for the root. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** The question section's bytes, to be repeated in the response. */
  readonly question: Uint8Array;
  /** Present where the asker speaks EDNS (RFC 6891). */
  readonly edns: { readonly version: number; readonly udpSize: number } | undefined;
}

/** A message that is no readable query; `undefined` id: nothing can be said about it at all. */
export interface Malformed {
  readonly malformed: true;
  /** Absent where it is better not answered: too short, or itself a response. */
  readonly id?: number | undefined;
  readonly opcode: number;
}

/** Reads a query, strictly: exactly one question, and sections that end where the message does. */
export function decodeQuery(message: Uint8Array): Query | Malformed {
  if (message.length < HEADER_BYTES) return { malformed: true, opcode: 0 };
  const header = new DataView(message.buffer, message.byteOffset, HEADER_BYTES);
  const flags = header.getUint16(2);
  const opcode = (flags >> 11) & 15;
  if ((flags & 0x8000) !== 0) return { malformed: true, opcode };
  const id = header.getUint16(0);
  if (header.getUint16(4) !== 1) return { malformed: true, id, opcode };
  try {
    const reader = new MessageReader(message);
    const name = reader.name();
    const type = reader.short();
    const classNumber = reader.short();
    const question = message.subarray(HEADER_BYTES, reader.position);
    const edns = readEdns(reader, header.getUint16(6) + header.getUint16(8) + header.getUint16(10));
    const repeatedFlags = flags & 0x0110;
    return { id, opcode, repeatedFlags, name, type, class: classNumber, question, edns };
  } catch (error) {
    if (error instanceof MalformedMessageError) return { malformed: true, id, opcode };
    throw error;
  }
}

/** Looks through the other sections for an OPT record; the message must end with the last of them. */
function readEdns(reader: MessageReader, records: number): Query['edns'] {
  let edns: Query['edns'];
  for (let record = 0; record < records; record++) {
    reader.name();
    const type = reader.short();
    const udpSize = reader.short();
    const version = (reader.long() >> 16) & 255;
    reader.bytes(reader.short());
    if (type !== TYPE.OPT) continue;
    if (edns !== undefined) throw new MalformedMessageError('a second OPT record');
    edns = { version, udpSize };
  }
  if (!reader.isAtEnd) throw new MalformedMessageError('bytes after the end');
  return edns;
}
