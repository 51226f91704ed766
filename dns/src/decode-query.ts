import { TYPE } from './record.ts';

/** A question as it came over the wire. */
export interface Query {
  readonly id: number;
  readonly opcode: number;
  readonly recursionDesired: boolean;
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

const HEADER = 12;

/**
 * Reads a query, strictly: exactly one question, an uncompressed well-formed name, and sections that end where the message does.
 */
export function decodeQuery(message: Uint8Array): Query | Malformed {
  if (message.length < HEADER) return { malformed: true, opcode: 0 };
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  const opcode = (flags >> 11) & 15;
  if ((flags & 0x8000) !== 0) return { malformed: true, opcode };
  const id = view.getUint16(0);
  const malformed: Malformed = { malformed: true, id, opcode };
  if (view.getUint16(4) !== 1) return malformed;
  const name = readName(message, HEADER);
  if (name === undefined || name.end + 4 > message.length) return malformed;
  const end = name.end + 4;
  const edns = readEdns(view, message, end, view.getUint16(6) + view.getUint16(8) + view.getUint16(10));
  if (edns === 'malformed') return malformed;
  return {
    id,
    opcode,
    recursionDesired: (flags & 0x0100) !== 0,
    name: name.text,
    type: view.getUint16(name.end),
    class: view.getUint16(name.end + 2),
    question: message.subarray(HEADER, end),
    edns,
  };
}

/** A name without compression: labels of 1 to 63 bytes, 255 in all. */
function readName(message: Uint8Array, start: number): { text: string; end: number } | undefined {
  let at = start;
  let text = '';
  for (;;) {
    const length = message[at++];
    if (length === undefined || length > 63 || at + length > message.length || at + length - start > 255)
      return undefined;
    if (length === 0) return { text, end: at };
    if (text !== '') text += '.';
    for (const stop = at + length; at < stop; at++) {
      const byte = message[at]!;
      if (byte === 0x2e || byte === 0x5c) text += '\\';
      text += String.fromCharCode(byte);
    }
  }
}

/** Looks through the other sections for an OPT record; the message must end with the last of them. */
function readEdns(view: DataView, message: Uint8Array, start: number, records: number): Query['edns'] | 'malformed' {
  let at = start;
  let edns: Query['edns'];
  for (let record = 0; record < records; record++) {
    // Names of other records may be compressed: a pointer ends a name.
    for (;;) {
      const length = message[at++];
      if (length === undefined) return 'malformed';
      if (length >= 0xc0) {
        at++;
        break;
      }
      if (length > 63) return 'malformed';
      at += length;
      if (length === 0) break;
    }
    if (at + 10 > message.length) return 'malformed';
    if (view.getUint16(at) === TYPE.OPT) {
      if (edns !== undefined) return 'malformed';
      edns = { udpSize: view.getUint16(at + 2), version: view.getUint8(at + 5) };
    }
    at += 10 + view.getUint16(at + 8);
  }
  return at === message.length ? edns : 'malformed';
}
