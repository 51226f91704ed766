import {
  apiVersionOf,
  badRequest,
  invalid,
  requestEntityTooLarge,
  StatusError,
  type ApiObject,
} from '@kubarium/shared';
import { isObject, type Json } from '../json.ts';
import type { PatchRequest } from '../registry.ts';
import { conform } from '../schema/conform.ts';
import { decodeFlaws } from '../schema/decode-flaws.ts';
import { goText } from '../schema/go-text.ts';
import {
  givenKind,
  kindFlaw,
  notRegistered,
  planOfKind,
  typeMetaError,
  type DecodeTarget,
} from '../schema/kind-check.ts';
import { applySchemaDefaults } from '../schema/schema-defaults.ts';
import { restoreFlaw } from '../schema/restore-flaw.ts';
import { jsonPatch, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';
import { mergePatch } from './merge-patch.ts';
import { schemaNamed } from './patch-meta.ts';
import { strategicMergePatch, StrategicMergeError } from './strategic-merge-patch.ts';

export interface AppliedPatch {
  /** In the shape that `conform` gives; shares nothing changeable with the object that was patched. */
  readonly draft: ApiObject;
  /** Unknown and duplicate fields, for `Warning:` headers. */
  readonly warnings: readonly string[];
}

/** More operations than this are refused (the real server's limit). */
export const MAX_OPERATIONS = 10_000;

/**
 * Makes the patched object out of the current one, which is not changed. Pure. `request.patch` is as `decodePatch` gives it.
 * Throws StatusError: 400 for a patch of the wrong form, 422 for one that cannot be applied or whose result does not fit the
 * schema, in the real server's words.
 *
 * Server-side apply (`application/apply-patch+yaml`) is registry/apply's.
 */
export function applyPatch(target: DecodeTarget, current: ApiObject, request: PatchRequest): AppliedPatch {
  switch (request.type) {
    case 'application/json-patch+json':
      return decodePatched(target, jsonPatched(current, request.patch), request);
    case 'application/merge-patch+json':
      if (!isObject(request.patch)) throw badRequest('Invalid JSON Patch');
      return decodePatched(target, mergePatch(current, request.patch), request, current);
    case 'application/strategic-merge-patch+json':
      return restorePatched(target, current, request);
    case 'application/apply-patch+yaml':
      // Simplified: A Scale cannot be applied by server-side apply; the real server can, and keeps account of who owns the replicas.
      throw new StatusError({
        code: 415,
        reason: 'UnsupportedMediaType',
        message: '415: Unsupported Media Type',
        details: {},
      });
  }
}

function jsonPatched(current: ApiObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('Invalid JSON Patch');
  if (patch.length > MAX_OPERATIONS) {
    throw requestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  try {
    return jsonPatch(current, patch as JsonPatchOperation[]);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    // The real server tells no more than this.
    throw new StatusError({
      code: 422,
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    });
  }
}

/** The result of a JSON or merge patch is decoded like the body of an update. */
export function decodePatched(
  target: DecodeTarget,
  patched: unknown,
  request: PatchRequest,
  known?: ApiObject,
): AppliedPatch {
  const wrong = (why: string): StatusError => patchFlaw(JSON.stringify(patched), why);
  const typeError = typeMetaError(patched);
  if (typeError !== undefined) throw wrong(`couldn't get version/kind; json parse error: ${typeError}`);
  const given = givenKind(target, patched);
  if (given === undefined) throw wrong(`unexpected GroupVersion string: ${String((patched as Json)['apiVersion'])}`);
  const plan = planOfKind(target, given);
  if (plan === undefined) throw wrong(kindFlaw(target, given) ?? notRegistered(given));
  const { object, fits, hasUnknownFields } = conform(plan, patched, known);
  const { misfit, strict } = fits && !hasUnknownFields ? CLEAN : decodeFlaws(plan, patched);
  if (misfit !== undefined) throw wrong(misfit);
  const kind = kindFlaw(target, given);
  if (kind !== undefined) throw wrong(kind);
  return { draft: typed(target, object), warnings: told(request, strict, wrong) };
}

const CLEAN = { misfit: undefined, strict: [] } as const;

function restorePatched(target: DecodeTarget, current: ApiObject, request: PatchRequest): AppliedPatch {
  const patch = request.patch ?? {};
  if (!isObject(patch)) throw badRequest('invalid JSON document');
  const patched = strategicallyMerged(current as unknown as Json, patch, target);
  const plan = planOfKind(target, target)!;
  const { object, fits, hasUnknownFields } = conform(plan, patched, current);
  const wrong = (why: string): StatusError => patchFlaw(goText(patch), why);
  if (!fits) throw wrong(restoreFlaw(plan, patched) ?? decodeFlaws(plan, patched).misfit ?? 'value out of range');
  const strict = hasUnknownFields ? decodeFlaws(plan, patched).strict.toSorted() : [];
  return { draft: typed(target, object), warnings: told(request, strict, wrong) };
}

function strategicallyMerged(current: Json, patch: Json, target: DecodeTarget): Json {
  try {
    return strategicMergePatch(current, patch, schemaNamed(target.schema));
  } catch (error) {
    // Simplified: the real server answers most of these with a 500; the patch is to blame, so it is a 400 here.
    if (error instanceof StrategicMergeError) throw badRequest(error.message);
    throw error;
  }
}

function typed(target: DecodeTarget, object: ApiObject): ApiObject {
  object.apiVersion = apiVersionOf(target);
  object.kind = target.kind;
  applySchemaDefaults(target.schema, object);
  return object;
}

function told(
  request: PatchRequest,
  strict: readonly string[],
  wrong: (why: string) => StatusError,
): readonly string[] {
  const flaws = [...(request.patchFlaws ?? []), ...strict];
  if (request.fieldValidation === 'Strict' && flaws.length > 0)
    throw wrong(`strict decoding error: ${flaws.join(', ')}`);
  return request.fieldValidation === 'Ignore' ? [] : flaws;
}

const patchFlaw = (patch: string, why: string): StatusError =>
  invalid({ group: '', kind: '' }, '', [
    { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(patch)}: ${why}`, field: 'patch' },
  ]);
