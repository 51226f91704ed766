import { QuantityError, parseQuantity } from '@kubarium/shared';
import { base64Flaw } from './base64.ts';
import { JsonMembers, JsonNumber, type ExactJson } from './json-text.ts';
import { canonicalMicroTime, canonicalTime, TimeError } from './time.ts';
import { goSpelling, type FieldPlan, type StructPlan, type TypePlan } from './type-plan.ts';

/** What the real server finds wrong with a value while it decodes it. */
export interface DecodeFlaws {
  /** The value does not fit the type: the one error of Go's decoder that is told. */
  readonly misfit: string | undefined;
  /** `unknown field "spec.foo"`, `duplicate field "..."`, in the order of the text. Errors under Strict, warnings under Warn. */
  readonly strict: readonly string[];
}

/**
 * Finds out, in Go's words, what `conform` (or the count of keys) has found to be wrong. Slow, and exact: it needs the value
 * as read by `readJsonText`, or as a plain JavaScript value where there was no JSON text.
 */
export function decodeFlaws(plan: StructPlan, value: unknown): DecodeFlaws {
  const search = new Search();
  try {
    search.value(plan, value, ROOT, '');
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    return { misfit: error.message, strict: search.strict };
  }
  return { misfit: search.misfit, strict: search.strict };
}

/** Where in the Go types the decoder is: the struct and the path that its errors name. */
interface Place {
  readonly struct: string;
  readonly path: string;
}

const ROOT: Place = { struct: '', path: '' };

/** An error of a type that reads itself (quantity, time) ends the decoding; others are remembered, the first one is told. */
class Abort extends Error {}

const MAX_STRICT_FLAWS = 100;

class Search {
  readonly #noted = new Set<string>();
  misfit: string | undefined;

  get strict(): readonly string[] {
    return [...this.#noted];
  }

  value(plan: TypePlan, value: unknown, place: Place, field: string): void {
    if (value === null || value === undefined) return;
    switch (plan.kind) {
      case 'struct':
        return this.#struct(plan, value, place, field);
      case 'list':
        if (!Array.isArray(value)) return this.#mismatch(value, plan.typeName, place);
        return value.forEach((element, index) => this.value(plan.element, element, place, `${field}[${index}]`));
      case 'map':
        return this.#map(plan.element, plan.typeName, value, place, field);
      default:
        return this.#scalar(plan, value, place);
    }
  }

  #struct(plan: StructPlan, value: unknown, place: Place, field: string): void {
    const members = membersOf(value);
    if (members === undefined) return this.#mismatch(value, plan.typeName, place);
    const seen = new Set<string>();
    for (const [key, member] of members) {
      if (member === undefined) continue;
      const at = field === '' ? key : `${field}.${key}`;
      const known = plan.field.get(key);
      const isRepeated = seen.has(key);
      seen.add(key);
      if (known === undefined) {
        if (!isRepeated) this.#note(`unknown field ${JSON.stringify(at)}`);
      } else {
        if (isRepeated) this.#note(`duplicate field ${JSON.stringify(at)}`);
        this.value(known.type, member, within(place, plan, known), at);
      }
    }
  }

  #map(element: TypePlan, typeName: string, value: unknown, place: Place, field: string): void {
    const members = membersOf(value);
    if (members === undefined) return this.#mismatch(value, typeName, place);
    const seen = new Set<string>();
    for (const [key, member] of members) {
      const at = `${field}.${key}`;
      if (seen.has(key)) this.#note(`duplicate field ${JSON.stringify(at)}`);
      seen.add(key);
      this.value(element, member, place, at);
    }
  }

  #scalar(plan: Exclude<TypePlan, { kind: 'struct' | 'list' | 'map' }>, value: unknown, place: Place): void {
    const type = jsonType(value);
    switch (plan.kind) {
      case 'any':
        return;
      case 'string':
        if (type !== 'string') this.#mismatch(value, plan.typeName, place);
        return;
      case 'bool':
        if (type !== 'bool') this.#mismatch(value, plan.typeName, place);
        return;
      case 'int32':
      case 'int64':
        if (type !== 'number') this.#mismatch(value, plan.typeName, place);
        else if (!isWhole(numberText(value), plan.kind)) this.#mismatch(value, plan.typeName, place, numberText(value));
        return;
      case 'float':
        if (type !== 'number') this.#mismatch(value, plan.typeName, place);
        return;
      case 'bytes': {
        if (type !== 'string') return this.#mismatch(value, plan.typeName, place);
        const flaw = base64Flaw(value as string);
        if (flaw !== undefined) this.misfit ??= `illegal base64 data at input byte ${flaw}`;
        return;
      }
      case 'intOrString':
        if (type === 'string') return;
        if (type !== 'number') throw new Abort(mismatchText(value, 'int32', place));
        if (!isWhole(numberText(value), 'int32'))
          throw new Abort(mismatchText(value, 'int32', place, numberText(value)));
        return;
      case 'quantity':
        return this.#reads(() => {
          parseQuantity(type === 'string' ? (value as string).trim() : type === 'number' ? numberText(value) : type);
        });
      case 'time':
      case 'microTime':
        if (type !== 'string') throw new Abort(mismatchText(value, 'string', place));
        return this.#reads(() => {
          (plan.kind === 'time' ? canonicalTime : canonicalMicroTime)(value as string);
        });
      case 'duration':
        if (type !== 'string') throw new Abort(mismatchText(value, 'string', place));
    }
  }

  #reads(read: () => void): void {
    try {
      read();
    } catch (error) {
      if (error instanceof QuantityError || error instanceof TimeError) throw new Abort(error.message);
      throw error;
    }
  }

  /** Each once, and no more than the real server remembers. */
  #note(flaw: string): void {
    if (this.#noted.size < MAX_STRICT_FLAWS) this.#noted.add(flaw);
  }

  #mismatch(value: unknown, typeName: string, place: Place, literal?: string): void {
    this.misfit ??= mismatchText(value, typeName, place, literal);
  }
}

function within(place: Place, plan: StructPlan, field: FieldPlan): Place {
  const path = [...(place.path === '' ? [] : [place.path]), ...field.inlinedFrom, field.name].join('.');
  return { struct: plan.goName, path };
}

function mismatchText(value: unknown, typeName: string, place: Place, literal?: string): string {
  const where = place.path === '' ? 'Go value' : `Go struct field ${place.struct}.${place.path}`;
  return `json: cannot unmarshal ${jsonType(value)}${literal === undefined ? '' : ` ${literal}`} into ${where} of type ${goSpelling(typeName)}`;
}

/** What Go calls the type of a JSON value. */
export function jsonType(value: unknown): 'array' | 'bool' | 'null' | 'number' | 'object' | 'string' {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' || value instanceof JsonNumber ? 'number' : 'object';
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (value instanceof JsonMembers) return value.members satisfies readonly (readonly [string, ExactJson])[];
  return jsonType(value) === 'object' ? Object.entries(value as object) : undefined;
}

const numberText = (value: unknown): string => (value instanceof JsonNumber ? value.text : String(value));

function isWhole(text: string, type: 'int32' | 'int64'): boolean {
  if (!/^-?\d+$/.test(text)) return false;
  const bits = type === 'int32' ? 31n : 63n;
  const number = BigInt(text);
  return number >= -(1n << bits) && number < 1n << bits;
}
