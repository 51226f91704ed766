import { conform } from '../registry/schema/conform.ts';
import { MAX_DEPTH } from '../registry/schema/depth.ts';
import { decodeFlaws } from '../registry/schema/decode-flaws.ts';
import { JsonSyntaxError, countTextKeys, isTooDeep, readJsonText } from '../registry/schema/json-text.ts';
import { typeMetaError } from '../registry/schema/kind-check.ts';
import type { StructPlan } from '../registry/schema/type-plan.ts';
import type { DecodedBody, ReadBody } from './decode-body.ts';

/** Whole numbers that lose digits in JavaScript, or numbers that Go does not take for whole (`80.0`, `8e1`). */
const UNUSUAL_NUMBER = /(?:":|[,[])\s*-?(?:\d{16}|\d+[.eE])[\d.eE+-]*\s*[,\]}]/;

/**
 * Reads a JSON body. The way of most requests is JSON.parse and one walk over the result; only what that finds suspicious is
 * read again in Go's way, to say what is wrong in Go's words.
 */
export function readJson(text: string): ReadBody {
  let value: unknown;
  try {
    if (isTooDeep(text, MAX_DEPTH)) readJsonText(text, MAX_DEPTH);
    value = JSON.parse(text);
  } catch (error) {
    return { error: `couldn't get version/kind; json parse error: ${syntaxError(text, error)}` };
  }
  const typeError = typeMetaError(value);
  if (typeError !== undefined) {
    return { error: `couldn't get version/kind; json parse error: ${typeError}` };
  }
  return { value, decode: (plan, isLenient) => decode(plan, text, value, isLenient) };
}

function decode(plan: StructPlan, text: string, value: unknown, isLenient: boolean): DecodedBody {
  const { object, fits, hasUnknownFields, keys } = conform(plan, value);
  const isClean = fits && (isLenient || (!hasUnknownFields && keys === countTextKeys(text)));
  if (isClean && !UNUSUAL_NUMBER.test(text)) return { object, misfit: undefined, strict: [] };
  const { misfit, strict } = decodeFlaws(plan, readJsonText(text));
  return { object, misfit, strict };
}

function syntaxError(text: string, cause: unknown): string {
  try {
    readJsonText(text, MAX_DEPTH);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
    throw error;
  }
  throw new Error('two JSON readers disagree', { cause });
}
