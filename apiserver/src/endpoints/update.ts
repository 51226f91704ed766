import { addWarnings } from './exchange.ts';
import { sendObject } from './send-object.ts';
import { writeOptions } from './query-options.ts';
import { contextOf, decodedBody, targetOf, type VerbHandler } from './resource-call.ts';

/** PUT: replaces an object; 201 for a kind that may be created so. */
export const update: VerbHandler = async (call) => {
  const options = writeOptions(call.query, 'UpdateOptions');
  const { object, warnings } = await decodedBody(call, options.fieldValidation);
  addWarnings(call.reply, warnings);
  const written = await call.resource.update(
    contextOf(call, options.dryRun),
    targetOf(call),
    object,
    call.info.subresource,
  );
  return sendObject(call, written.created ? 201 : 200, written);
};
