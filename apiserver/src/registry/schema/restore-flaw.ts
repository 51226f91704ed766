import { QuantityError, parseQuantity } from '@kubarium/shared';
import { base64Flaw } from './base64.ts';
import { jsonType } from './decode-flaws.ts';
import { canonicalMicroTime, canonicalTime, TimeError } from './time.ts';
import { goSpelling, type ScalarPlan, type TypePlan } from './type-plan.ts';

/**
 * Why a value of a strategic merge patch does not fit, in the words of the real server, which turns such values into Go objects
 * by another way than JSON; undefined where it fits. Fields are looked at in Go's order, the first flaw is told.
 */
export function restoreFlaw(plan: TypePlan, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const type = jsonType(value);
  switch (plan.kind) {
    case 'struct':
      if (type !== 'object') return `cannot restore struct from: ${goKind(value)}`;
      return first(plan.fields, (field) => restoreFlaw(field.type, (value as Record<string, unknown>)[field.name]));
    case 'map':
      if (type !== 'object') return `cannot restore map from ${goKind(value)}`;
      return first(Object.values(value as object), (member) => restoreFlaw(plan.element, member));
    case 'list':
      if (!Array.isArray(value)) return `cannot restore slice from ${goKind(value)}`;
      return first(value, (element) => restoreFlaw(plan.element, element));
    default:
      return scalarFlaw(plan, value);
  }
}

function first<T>(of: readonly T[], flaw: (one: T) => string | undefined): string | undefined {
  for (const one of of) {
    const found = flaw(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

const goKind = (value: unknown): string => {
  const type = jsonType(value);
  if (type === 'array') return 'slice';
  if (type === 'object') return 'map';
  return type === 'number' ? goNumber(value) : type;
};

const goNumber = (value: unknown): string => (Number.isInteger(value) ? 'int64' : 'float64');

const GO_KINDS = { string: 'string', bool: 'bool', int32: 'int32', int64: 'int64', float: 'float64' } as const;

function scalarFlaw(plan: ScalarPlan, value: unknown): string | undefined {
  const type = jsonType(value);
  switch (plan.kind) {
    case 'string':
      if (type === 'string') return undefined;
      return type === 'number' && Number.isInteger(value)
        ? `cannot convert int64 to ${goSpelling(plan.typeName)}`
        : `unrecognized type: ${GO_KINDS.string}`;
    case 'bool':
      return type === 'bool' ? undefined : `unrecognized type: ${GO_KINDS.bool}`;
    case 'int32':
    case 'int64': {
      if (type !== 'number') return `unrecognized type: ${GO_KINDS[plan.kind]}`;
      // Simplified: the real one lets a number that does not fit wrap around.
      const fits =
        Number.isInteger(value) && Math.abs(value as number) <= (plan.kind === 'int32' ? 2 ** 31 - 1 : 2 ** 63);
      return fits ? undefined : `cannot convert ${goNumber(value)} to ${goSpelling(plan.typeName)}`;
    }
    case 'float':
      return type === 'number' ? undefined : `unrecognized type: ${GO_KINDS.float}`;
    case 'bytes': {
      if (type !== 'string') return `cannot restore slice from ${goKind(value)}`;
      const flaw = base64Flaw(value as string);
      return flaw === undefined ? undefined : `error decoding from json: illegal base64 data at input byte ${flaw}`;
    }
    case 'intOrString':
      if (type === 'string' || (typeof value === 'number' && value === (value | 0))) return undefined;
      return `json: cannot unmarshal ${type}${type === 'number' ? ` ${String(value)}` : ''} into Go value of type int32`;
    case 'quantity':
      return reads(() =>
        parseQuantity(type === 'string' ? (value as string).trim() : type === 'number' ? String(value) : type),
      );
    case 'time':
    case 'microTime':
      if (type !== 'string') return `json: cannot unmarshal ${type} into Go value of type string`;
      return reads(() => (plan.kind === 'time' ? canonicalTime : canonicalMicroTime)(value as string));
    case 'duration':
      return type === 'string' ? undefined : `json: cannot unmarshal ${type} into Go value of type string`;
    case 'any':
      return undefined;
  }
}

function reads(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof QuantityError || error instanceof TimeError) return error.message;
    throw error;
  }
}
