import { canonicalIpv6, ipv4Text } from '@kubarium/shared';
import { MalformedMessageError, MessageReader } from './message-reader.ts';
import { CLASS_IN, TYPE, type ResourceRecord } from './record.ts';

/** What another server said: the aliases and addresses among its answers. */
export interface ForeignAnswer {
  readonly truncated: boolean;
  readonly answers: readonly ResourceRecord[];
}

/** Reads another server's response. Throws MalformedMessageError. */
export function readResponse(message: Uint8Array): ForeignAnswer {
  const header = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const reader = new MessageReader(message);
  for (let questions = header.getUint16(4); questions > 0; questions--) {
    reader.name();
    reader.long();
  }
  const answers: ResourceRecord[] = [];
  for (let left = header.getUint16(6); left > 0; left--) {
    const record = readRecord(reader);
    if (record !== undefined) answers.push(record);
  }
  return { truncated: (header.getUint16(2) & 0x0200) !== 0, answers };
}

/** Undefined for records of other types. */
function readRecord(reader: MessageReader): ResourceRecord | undefined {
  const name = reader.name();
  const type = reader.short();
  const classNumber = reader.short();
  const ttl = reader.long();
  const length = reader.short();
  const end = reader.position + length;
  const data = classNumber === CLASS_IN ? readData(reader, type, length) : undefined;
  if (data === undefined) reader.bytes(length);
  if (reader.position !== end) throw new MalformedMessageError('a record is longer than its data');
  return data === undefined ? undefined : { name, ttl, ...data };
}

function readData(reader: MessageReader, type: number, length: number) {
  if (type === TYPE.CNAME) return { type: 'CNAME', target: reader.name() } as const;
  if (type === TYPE.A && length === 4) return { type: 'A', address: ipv4Text(reader.long()) } as const;
  if (type !== TYPE.AAAA || length !== 16) return undefined;
  const groups = Array.from({ length: 8 }, () => reader.short().toString(16));
  return { type: 'AAAA', address: canonicalIpv6(groups.join(':'))! } as const;
}
