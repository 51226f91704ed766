import { decodePatch } from './decode-patch.ts';
import { writeOptions } from './query-options.ts';
import { readBody } from './read-body.ts';
import { contextOf, mediaTypeOf, targetOf, type VerbHandler } from './resource-call.ts';
import { sendObject } from './send-object.ts';

const APPLY = 'application/apply-patch+yaml';

/** PATCH: changes an object in one of the ways that the content type names; an apply may create it. */
export const patch: VerbHandler = async (call) => {
  const options = writeOptions(call.query, 'PatchOptions', mediaTypeOf(call.request) === APPLY);
  const body = await readBody(call.request.raw);
  const decoded = decodePatch(body, call.request.headers['content-type']);
  const { fieldValidation, fieldManager, force } = options;
  const written = await call.resource.patch(
    contextOf(call, options.dryRun),
    targetOf(call),
    { ...decoded, fieldValidation, fieldManager, force },
    call.info.subresource,
  );
  return sendObject(call, written.created ? 201 : 200, written);
};
