import { sendList } from './list.ts';
import { listOptions } from './query-options.ts';
import { contextOf, deleteOptionsOf, namespaceOf, type VerbHandler } from './resource-call.ts';

/** DELETE of a collection: answers with the list of what is deleted. */
export const deleteCollection: VerbHandler = async (call) => {
  const query = listOptions(call.query, false);
  const options = await deleteOptionsOf(call);
  const answer = await call.resource.deleteCollection(
    contextOf(call, (options.dryRun ?? []).length > 0),
    { ...query, namespace: namespaceOf(call.info) },
    options,
  );
  return sendList(call, answer);
};
