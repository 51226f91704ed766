import type { Malformed, Query } from './decode-query.ts';
import { CLASS_IN, RCODE, TYPE, type Answer, type Rcode, type ResourceRecord } from './record.ts';

const HEADER = 12;
/** What fits a UDP response for askers without EDNS (RFC 1035). */
const PLAIN_UDP_SIZE = 512;
const OPT_SIZE = 11;
/** What the server itself takes over UDP; CoreDNS says the same. */
const OWN_UDP_SIZE = 1232;
const LARGEST = 65_535;

/**
 * Writes the response to a query, names compressed. Over UDP it keeps to the asker's size: additional records are left out first, then
 * answers from the end, and TC tells the asker to come back over TCP.
 */
export function encodeResponse(query: Query, answer: Answer, transport: 'udp' | 'tcp'): Buffer {
  const limit = transport === 'tcp' ? LARGEST : Math.max(PLAIN_UDP_SIZE, query.edns?.udpSize ?? 0);
  const writer = new Writer(Math.min(limit, LARGEST) - (query.edns === undefined ? 0 : OPT_SIZE), query);
  const answers = writer.records(answer.answers);
  const truncated = answers < answer.answers.length;
  const authority = truncated ? 0 : writer.records(answer.authority);
  const additional = truncated ? 0 : writer.records(answer.additional);
  if (query.edns !== undefined) writer.opt(answer.rcode);
  const extra = additional + (query.edns === undefined ? 0 : 1);
  return writer.finish({ query, answer, truncated, answers, authority, extra });
}

/** The response to what cannot be read: a header that says FORMERR; undefined where silence is the answer. */
export function encodeFormatError({ id, opcode }: Malformed): Buffer | undefined {
  if (id === undefined) return undefined;
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(0x8000 | (opcode << 11) | RCODE.FORMERR, 2);
  return header;
}

interface Sections {
  readonly query: Query;
  readonly answer: Answer;
  readonly truncated: boolean;
  readonly answers: number;
  readonly authority: number;
  readonly extra: number;
}

/** Writes a message into a buffer that grows, and remembers where names stand. */
class Writer {
  #buffer: Buffer;
  #at: number;
  readonly #limit: number;
  /** Offsets of names written so far, by their lower-case text. */
  readonly #names = new Map<string, number>();

  constructor(limit: number, query: Query) {
    this.#limit = limit;
    this.#buffer = Buffer.allocUnsafe(512);
    this.#buffer.set(query.question, HEADER);
    this.#at = HEADER + query.question.length;
    this.#remember(query.name, HEADER);
  }

  /** Writes as many of the records as fit and returns how many. */
  records(records: readonly ResourceRecord[]): number {
    for (const [index, record] of records.entries()) {
      const start = this.#at;
      this.#record(record);
      if (this.#at > this.#limit) {
        this.#at = start;
        for (const [name, offset] of this.#names) if (offset >= start) this.#names.delete(name);
        return index;
      }
    }
    return records.length;
  }

  opt(rcode: Rcode): void {
    this.#room(OPT_SIZE);
    this.#byte(0);
    this.#short(TYPE.OPT);
    this.#short(OWN_UDP_SIZE);
    this.#byte(RCODE[rcode] >> 4);
    this.#byte(0);
    this.#short(0);
    this.#short(0);
  }

  finish({ query, answer, truncated, answers, authority, extra }: Sections): Buffer {
    const flags =
      0x8000 |
      (query.opcode << 11) |
      (answer.authoritative ? 0x0400 : 0) |
      (truncated ? 0x0200 : 0) |
      (query.recursionDesired ? 0x0100 : 0) |
      (RCODE[answer.rcode] & 15);
    const header = [query.id, flags, 1, answers, authority, extra];
    for (const [index, value] of header.entries()) this.#buffer.writeUInt16BE(value, 2 * index);
    return this.#buffer.subarray(0, this.#at);
  }

  #record(record: ResourceRecord): void {
    this.#name(record.name);
    this.#room(10);
    this.#short(TYPE[record.type]);
    this.#short(CLASS_IN);
    this.#long(record.ttl);
    const lengthAt = this.#at;
    this.#short(0);
    this.#data(record);
    this.#buffer.writeUInt16BE(this.#at - lengthAt - 2, lengthAt);
  }

  #data(record: ResourceRecord): void {
    switch (record.type) {
      case 'A': {
        this.#room(4);
        for (const part of record.address.split('.')) this.#byte(Number(part));
        return;
      }
      case 'CNAME':
      case 'PTR':
      case 'NS':
        return this.#name(record.target);
      case 'SRV': {
        this.#room(6);
        this.#short(record.priority);
        this.#short(record.weight);
        this.#short(record.port);
        // RFC 2782: the target is not compressed.
        return this.#name(record.target, { compress: false });
      }
      case 'TXT': {
        this.#room(1 + record.text.length);
        this.#byte(record.text.length);
        this.#at += this.#buffer.write(record.text, this.#at, 'latin1');
        return;
      }
      case 'SOA': {
        this.#name(record.primary);
        this.#name(record.mailbox);
        this.#room(20);
        for (const number of [record.serial, record.refresh, record.retry, record.expire, record.minimum]) {
          this.#long(number);
        }
        return;
      }
    }
  }

  #name(name: string, { compress = true } = {}): void {
    let rest = name;
    while (rest !== '') {
      const known = compress ? this.#names.get(rest.toLowerCase()) : undefined;
      this.#room(64);
      if (known !== undefined) return this.#short(0xc000 | known);
      if (compress && this.#at < 0x4000) this.#names.set(rest.toLowerCase(), this.#at);
      const dot = labelEnd(rest);
      const label = rest.slice(0, dot).replaceAll(/\\(.)/gs, '$1');
      this.#byte(label.length);
      this.#at += this.#buffer.write(label, this.#at, 'latin1');
      rest = rest.slice(dot + 1);
    }
    this.#room(1);
    this.#byte(0);
  }

  /** Notes where a name that is already written stands, and each name that it ends with. */
  #remember(name: string, offset: number): void {
    let rest = name;
    let at = offset;
    while (rest !== '') {
      this.#names.set(rest.toLowerCase(), at);
      const dot = labelEnd(rest);
      at += 1 + rest.slice(0, dot).replaceAll(/\\(.)/gs, '$1').length;
      rest = rest.slice(dot + 1);
    }
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }

  #byte(value: number): void {
    this.#buffer[this.#at++] = value;
  }

  #short(value: number): void {
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
  }

  #long(value: number): void {
    this.#at = this.#buffer.writeUInt32BE(value >>> 0, this.#at);
  }
}

/** Where the first label of a name ends: at the first dot that is not escaped. */
function labelEnd(name: string): number {
  let dot = name.indexOf('.');
  if (!name.includes('\\')) return dot === -1 ? name.length : dot;
  for (dot = 0; dot < name.length && name[dot] !== '.'; dot++) if (name[dot] === '\\') dot++;
  return dot;
}
