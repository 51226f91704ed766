import { microTimestamp, timestamp } from '@kubarium/shared';
import { setMember } from '../../registry/json.ts';
import { MAX_DEPTH as MAX_JSON_DEPTH } from '../../registry/schema/depth.ts';
import { isTooDeep } from '../../registry/schema/json-text.ts';
import { MessagePlan, type FieldType, type MessageField } from './message-plan.ts';
import { ProtobufError, type WireReader } from './wire-reader.ts';

type Json = Record<string, unknown>;

/** Deeper than any real object; the schemas of custom resources may contain themselves. */
const MAX_DEPTH = 500;

/**
 * Turns a Kubernetes protobuf message into the JSON value of the same object. Go writes zero values as well, so the result
 * still has to be brought into shape (`conform`). Throws ProtobufError.
 */
export function decodeMessage(plan: MessagePlan, reader: WireReader, into: Json = {}, depth: number = 0): Json {
  if (depth > MAX_DEPTH) throw new ProtobufError('proto: exceeded max depth');
  while (reader.next()) {
    const field = plan.fields.get(reader.field);
    if (field === undefined) reader.skip();
    else decodeField(field, reader, into, depth);
  }
  return into;
}

function decodeField(field: MessageField, reader: WireReader, into: Json, depth: number): void {
  const { name, type, label } = field;
  switch (label) {
    case 'inlined':
      if (type instanceof MessagePlan) decodeMessage(type, messageOf(reader, name), into, depth + 1);
      return;
    case 'single':
      into[name] = decodeValue(type, reader, name, depth);
      return;
    case 'repeated': {
      const list = (into[name] ??= []) as unknown[];
      if (reader.wireType === 2 && (type === 'int32' || type === 'int64' || type === 'bool')) {
        const packed = reader.message();
        while (!packed.isAtEnd) list.push(number(type, packed.varint()));
      } else list.push(decodeValue(type, reader, name, depth));
      return;
    }
    case 'map': {
      const entry = messageOf(reader, name);
      let key = '';
      let value: unknown = type === 'string' || type === 'bytes' ? '' : undefined;
      while (entry.next()) {
        if (entry.field === 1) key = textOf(entry, name);
        else if (entry.field === 2) value = decodeValue(type, entry, name, depth);
        else entry.skip();
      }
      setMember((into[name] ??= {}) as Json, key, value);
    }
  }
}

function decodeValue(type: FieldType, reader: WireReader, name: string, depth: number): unknown {
  if (type instanceof MessagePlan) {
    const value = decodeMessage(type, messageOf(reader, name), {}, depth + 1);
    // A list with a name of its own (ExtraValue) is a message around the list.
    return LIST_MESSAGE.test(type.name) ? (value['items'] ?? []) : value;
  }
  switch (type) {
    case 'string':
      return textOf(reader, name);
    case 'bytes':
      expect(reader, 2, name);
      return reader.bytes().toString('base64');
    case 'bool':
    case 'int32':
    case 'int64':
      expect(reader, 0, name);
      return number(type, reader.varint());
    case 'double':
      expect(reader, 1, name);
      return reader.double();
    case 'quantity':
      return fieldsOf(reader, name).texts.get(1) ?? '0';
    case 'time':
    case 'microTime':
      return time(type, fieldsOf(reader, name).numbers);
    case 'duration':
      return goDuration(fieldsOf(reader, name).numbers.get(1) ?? 0n);
    case 'intOrString': {
      const { numbers, texts } = fieldsOf(reader, name);
      return numbers.get(1) === 1n ? (texts.get(3) ?? '') : number('int32', numbers.get(2) ?? 0n);
    }
    case 'fieldsV1':
    case 'rawExtension': {
      const raw = fieldsOf(reader, name).texts.get(1);
      return raw === undefined || raw === '' ? null : embedded(raw, name);
    }
  }
}

const LIST_MESSAGE = /\.(?:ExtraValue|Verbs)$/;

function number(type: 'bool' | 'int32' | 'int64', value: bigint): number | boolean {
  if (type === 'bool') return value !== 0n;
  return Number(type === 'int32' ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value));
}

/** RFC 3339, or null for Go's zero time, which is an empty message. */
function time(type: 'time' | 'microTime', fields: ReadonlyMap<number, bigint>): string | null {
  const seconds = Number(BigInt.asIntN(64, fields.get(1) ?? 0n));
  const nanos = Number(BigInt.asIntN(32, fields.get(2) ?? 0n));
  if (seconds === 0 && nanos === 0) return null;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND)
    throw new ProtobufError(`proto: time out of range: ${seconds} seconds`);
  if (type === 'time') return timestamp(seconds * 1000);
  return microTimestamp(seconds * 1000).replace(
    /\d{6}Z$/,
    `${String(Math.floor(nanos / 1000))
      .padStart(6, '0')
      .slice(0, 6)}Z`,
  );
}

/** The years 0 to 9999: what RFC 3339 can say. */
const FIRST_SECOND = -62_167_219_200;
const LAST_SECOND = 253_402_300_799;

/** Nanoseconds as Go prints a duration: `1h2m3.5s`. */
function goDuration(wire: bigint): string {
  const nanos = BigInt.asIntN(64, wire);
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const amount = nanos < 0n ? -nanos : nanos;
  if (amount < 1_000_000_000n) {
    const [unit, name] = amount < 1000n ? [1n, 'ns'] : amount < 1_000_000n ? [1000n, 'µs'] : [1_000_000n, 'ms'];
    return `${sign}${Number(amount) / Number(unit)}${name}`;
  }
  const seconds = amount / 1_000_000_000n;
  const fraction = String(amount % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  const hours = seconds / 3600n;
  const minutes = (seconds / 60n) % 60n;
  const rest = `${seconds % 60n}${fraction === '' ? '' : `.${fraction}`}s`;
  return `${sign}${hours > 0n ? `${hours}h` : ''}${hours > 0n || minutes > 0n ? `${minutes}m` : ''}${rest}`;
}

/** JSON within a message: the fields of managed fields, extensions. */
function embedded(raw: string, name: string): unknown {
  if (isTooDeep(raw, MAX_JSON_DEPTH)) throw new ProtobufError(`proto: ${name} exceeds max depth`);
  try {
    return JSON.parse(raw);
  } catch {
    throw new ProtobufError(`proto: ${name} holds no JSON`);
  }
}

/** The fields of one of the small messages with a JSON form of their own. */
function fieldsOf(reader: WireReader, name: string): { numbers: Map<number, bigint>; texts: Map<number, string> } {
  const message = messageOf(reader, name);
  const numbers = new Map<number, bigint>();
  const texts = new Map<number, string>();
  while (message.next()) {
    if (message.wireType === 0) numbers.set(message.field, message.varint());
    else if (message.wireType === 2) texts.set(message.field, message.text());
    else message.skip();
  }
  return { numbers, texts };
}

function messageOf(reader: WireReader, name: string): WireReader {
  expect(reader, 2, name);
  return reader.message();
}

function textOf(reader: WireReader, name: string): string {
  expect(reader, 2, name);
  return reader.text();
}

function expect(reader: WireReader, wireType: number, name: string): void {
  if (reader.wireType === wireType) return;
  throw new ProtobufError(
    `proto: wrong wireType = ${reader.wireType} for field ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  );
}
