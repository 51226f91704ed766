import { conform } from '../../registry/schema/conform.ts';
import { decodeFlaws } from '../../registry/schema/decode-flaws.ts';
import { goSpelling, type StructPlan } from '../../registry/schema/type-plan.ts';
import type { DecodedBody, ReadBody } from '../decode-body.ts';
import { decodeMessage } from './decode-message.ts';
import { messagePlan } from './message-plan.ts';
import { ProtobufError, WireReader } from './wire-reader.ts';

/** Every Kubernetes protobuf body begins with these four bytes; an `Unknown` message follows. */
const PREFIX = Buffer.from('k8s\0', 'latin1');

interface Envelope {
  apiVersion: string;
  kind: string;
  raw: Buffer;
}

/** Reads a body of `application/vnd.kubernetes.protobuf`. It has no unknown fields: numbers that are not known are skipped. */
export function readProtobuf(body: Buffer): ReadBody {
  if (body.length === 0) return { error: 'empty data' };
  if (!body.subarray(0, PREFIX.length).equals(PREFIX)) {
    return { error: `provided data does not appear to be a protobuf message, expected prefix [${PREFIX.join(' ')}]` };
  }
  try {
    const { apiVersion, kind, raw } = envelope(new WireReader(body, PREFIX.length));
    return { value: { apiVersion, kind }, decode: (plan) => decode(plan, raw) };
  } catch (error) {
    if (error instanceof ProtobufError) return { error: error.message };
    throw error;
  }
}

/** `Unknown`: 1 type meta (1 apiVersion, 2 kind), 2 the message of that type, 3 content encoding, 4 content type. */
function envelope(reader: WireReader): Envelope {
  const found: Envelope = { apiVersion: '', kind: '', raw: Buffer.alloc(0) };
  while (reader.next()) {
    if (reader.wireType !== 2) {
      if (reader.field <= 4)
        throw new ProtobufError(`proto: wrong wireType = ${reader.wireType} for field ${reader.field}`);
      reader.skip();
    } else if (reader.field === 1) {
      const meta = reader.message();
      while (meta.next()) {
        if (meta.wireType !== 2) meta.skip();
        else if (meta.field === 1) found.apiVersion = meta.text();
        else if (meta.field === 2) found.kind = meta.text();
        else meta.skip();
      }
    } else if (reader.field === 2) found.raw = reader.bytes();
    else reader.skip();
  }
  return found;
}

function decode(plan: StructPlan, raw: Buffer): DecodedBody {
  const message = messagePlan(plan.name);
  if (message === undefined)
    return misfit(`object ${goSpelling(plan.typeName)} does not implement the protobuf marshalling interface`);
  try {
    const value = decodeMessage(message, new WireReader(raw));
    const { object, fits } = conform(plan, value);
    if (fits) return { object, misfit: undefined, strict: [] };
    return misfit(decodeFlaws(plan, value).misfit ?? 'proto: value out of range');
  } catch (error) {
    if (error instanceof ProtobufError) return misfit(error.message);
    throw error;
  }
}

const misfit = (why: string): DecodedBody => ({
  object: { apiVersion: '', kind: '', metadata: { name: '' } as never },
  misfit: why,
  strict: [],
});
