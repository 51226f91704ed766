import { copyJson, QuantityError, canonicalQuantity, type ApiObject } from '@kubarium/shared';
import { isObject } from '../json.ts';
import { canonicalBase64 } from './base64.ts';
import { canonicalMicroTime, canonicalTime, TimeError } from './time.ts';
import type { ScalarPlan, StructPlan, TypePlan } from './type-plan.ts';

/** What came of bringing a value into shape. */
export interface Conformed {
  /** The value as Go would write it after reading it. */
  readonly object: ApiObject;
  /** False where a value does not fit its type: `object` is then of no use, and `decodeFlaws` says why. */
  readonly fits: boolean;
  /** True where there were fields that the type does not have; they are left out. */
  readonly hasUnknownFields: boolean;
  /** The number of keys of all objects in the value: fewer than its text had where a key was given twice. */
  readonly keys: number;
}

/**
 * Brings a decoded JSON value into the shape that a round trip through the real server's Go types gives it: unknown fields,
 * nulls and what is empty go, required fields come as zero values, quantities and times become canonical. The result is
 * a new value throughout (opaque JSON such as FieldsV1 apart); `value` stays as it is.
 *
 * `known` is a value that is in shape already: what `value` shares with it, at the same places, is copied and not looked at again
 * (nor are its keys counted). So a patched object costs what the patch has changed.
 */
export function conform(plan: StructPlan, value: unknown, known?: object): Conformed {
  const pass: Pass = { fits: true, hasUnknownFields: false, keys: 0 };
  // A whole object begins with these three, as the real server writes it: lists are put together from texts by that.
  const out = plan.field.has('metadata') ? { kind: '', apiVersion: '', metadata: undefined } : {};
  const object = struct(plan, value, pass, out, known as Json | undefined) as unknown as ApiObject;
  return { object, ...pass };
}

interface Pass {
  fits: boolean;
  hasUnknownFields: boolean;
  keys: number;
}

type Json = Record<string, unknown>;

const EMPTY: Json = Object.freeze({});

function misfit(pass: Pass): undefined {
  pass.fits = false;
  return undefined;
}

function struct(plan: StructPlan, value: unknown, pass: Pass, out: Json = {}, known: Json = EMPTY): Json {
  let given = EMPTY;
  if (isObject(value)) given = value;
  else if (value !== undefined && value !== null) pass.fits = false;
  for (const name in given) {
    pass.keys++;
    const member = given[name];
    const field = plan.field.get(name);
    if (field === undefined) {
      pass.hasUnknownFields = true;
      pass.keys += countKeys(member);
    } else if (member !== undefined && member !== null) {
      const before = known[name];
      const isKnown = before === member && typeof member === 'object';
      const written = isKnown ? copyJson(member) : conformed(field.type, member, pass, before);
      if (field.isPointer || !isEmpty(field.type, written)) out[name] = written;
      else if (!field.omitsEmpty) out[name] = written;
    }
  }
  for (const field of plan.alwaysWritten) {
    if (out[field.name] === undefined) out[field.name] = field.isPointer ? null : zero(field.type, pass);
  }
  return out;
}

function conformed(plan: TypePlan, value: unknown, pass: Pass, known?: unknown): unknown {
  switch (plan.kind) {
    case 'struct':
      return struct(plan, value, pass, {}, isObject(known) ? known : EMPTY);
    case 'list':
      if (!Array.isArray(value)) return misfit(pass);
      return value.map((member) => element(plan.element, member, pass));
    case 'map':
      return map(plan.element, value, pass);
    default:
      return scalar(plan, value, pass);
  }
}

const element = (plan: TypePlan, value: unknown, pass: Pass): unknown =>
  value === null || value === undefined ? zero(plan, pass) : conformed(plan, value, pass);

function map(plan: TypePlan, value: unknown, pass: Pass): unknown {
  if (!isObject(value)) return misfit(pass);
  const out = { ...value };
  for (const key of Object.keys(out)) {
    pass.keys++;
    const before = out[key];
    if (typeof before === 'string' && plan.kind === 'string') continue;
    // An own member of any name takes it, `__proto__` as well.
    out[key] = element(plan, before, pass);
  }
  return out;
}

function scalar(plan: ScalarPlan, value: unknown, pass: Pass): unknown {
  switch (plan.kind) {
    case 'string':
      return typeof value === 'string' ? value : misfit(pass);
    case 'bool':
      return typeof value === 'boolean' ? value : misfit(pass);
    case 'int32':
      return isInt32(value) ? value : misfit(pass);
    case 'int64':
      return Number.isInteger(value) && Math.abs(value as number) <= LARGEST_INT64 ? value : misfit(pass);
    case 'float':
      return typeof value === 'number' ? value : misfit(pass);
    case 'intOrString':
      return typeof value === 'string' || isInt32(value) ? value : misfit(pass);
    case 'bytes':
      return (typeof value === 'string' ? canonicalBase64(value) : undefined) ?? misfit(pass);
    case 'quantity':
      if (typeof value === 'number') return attempt(() => canonicalQuantity(String(value)), pass);
      if (typeof value !== 'string') return misfit(pass);
      return CANONICAL_QUANTITY.test(value) ? value : attempt(() => canonicalQuantity(value.trim()), pass);
    case 'time':
      return typeof value === 'string' ? attempt(() => canonicalTime(value), pass) : misfit(pass);
    case 'microTime':
      return typeof value === 'string' ? attempt(() => canonicalMicroTime(value), pass) : misfit(pass);
    case 'duration':
      return typeof value === 'string' ? value : misfit(pass);
    case 'any':
      pass.keys += countKeys(value);
      return value;
  }
}

/** Most of those that clients write. */
const CANONICAL_QUANTITY = /^(?:0|[1-9]\d{0,2}(?:[munkMGTPE]|[KMGTPE]i)?)$/;

const isInt32 = (value: unknown): boolean => typeof value === 'number' && value === (value | 0);

const LARGEST_INT64 = 2 ** 63;

function attempt(canonical: () => string, pass: Pass): unknown {
  try {
    return canonical();
  } catch (error) {
    if (error instanceof QuantityError || error instanceof TimeError) return misfit(pass);
    throw error;
  }
}

/** The zero value as Go writes it. */
function zero(plan: TypePlan, pass: Pass): unknown {
  switch (plan.kind) {
    case 'struct':
      return struct(plan, EMPTY, pass);
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'float':
    case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'duration':
      return '0s';
    case 'bytes':
      return '';
    // Simplified: the real server writes null for an empty list that must be there (`endpoints` of an EndpointSlice).
    case 'list':
      return [];
    default:
      return null;
  }
}

function isEmpty(plan: TypePlan, value: unknown): boolean {
  switch (plan.kind) {
    case 'string':
    case 'bytes':
      return value === '';
    case 'bool':
      return value === false;
    case 'int32':
    case 'int64':
    case 'float':
      return value === 0;
    case 'list':
      return Array.isArray(value) && value.length === 0;
    case 'map':
      return typeof value === 'object' && isWithoutKeys(value as Json);
    default:
      return false;
  }
}

function isWithoutKeys(value: Json): boolean {
  for (const key in value) return key === undefined;
  return true;
}

/** The keys of all objects in a value that no plan looks into. Without recursion: it may be as deep as its writer liked. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const members: unknown[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) keys += members.length;
    for (const member of members) if (typeof member === 'object' && member !== null) open.push(member);
  }
  return keys;
}
