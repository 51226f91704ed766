import { addWarnings } from './exchange.ts';
import { sendObject } from './send-object.ts';
import { writeOptions } from './query-options.ts';
import { contextOf, decodedBody, namespaceOf, type VerbHandler } from './resource-call.ts';

/** POST: creates an object in a collection, or does what a subresource does when posted to (binding, eviction, token). */
export const create: VerbHandler = async (call) => {
  const options = writeOptions(call.query, 'CreateOptions');
  const { object, warnings } = await decodedBody(call, options.fieldValidation);
  addWarnings(call.reply, warnings);
  const { name, subresource } = call.info;
  const written = await call.resource.create(
    contextOf(call, options.dryRun),
    { namespace: namespaceOf(call.info), ...(name === undefined ? {} : { name }) },
    object,
    subresource,
  );
  return sendObject(call, 201, written);
};
