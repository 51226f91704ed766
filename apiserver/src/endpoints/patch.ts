import type { PatchType } from '@kubarium/shared';
import { addWarnings } from './exchange.ts';
import { unsupportedPatchType } from './http-errors.ts';
import { writeOptions } from './query-options.ts';
import { readBody } from './read-body.ts';
import { contextOf, mediaTypeOf, targetOf, type VerbHandler } from './resource-call.ts';
import { sendObject } from './send-object.ts';

const PATCH_TYPES: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] satisfies PatchType[];

/** PATCH: changes an object in one of the four ways; an apply may create it. */
export const patch: VerbHandler = async (call) => {
  const type = mediaTypeOf(call.request);
  if (!isPatchType(type)) throw unsupportedPatchType();
  const options = writeOptions(call.query, 'PatchOptions', type === 'application/apply-patch+yaml');
  const body = await readBody(call.request.raw);
  const { fieldValidation, fieldManager, force } = options;
  const written = await call.resource.patch(
    contextOf(call, options.dryRun),
    targetOf(call),
    { type, ...call.services.decodePatch(body, type), fieldValidation, fieldManager, force },
    call.info.subresource,
  );
  addWarnings(call.reply, written.warnings);
  return sendObject(call, written.created ? 201 : 200, written);
};

const isPatchType = (type: string): type is PatchType => PATCH_TYPES.includes(type);
