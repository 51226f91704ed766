import { sendObject } from './send-object.ts';
import { contextOf, deleteOptionsOf, targetOf, type VerbHandler } from './resource-call.ts';

/** DELETE of one object: 200 once it is gone or on its way, 202 where the real server says so. */
export const deleteObject: VerbHandler = async (call) => {
  const options = await deleteOptionsOf(call);
  const { body, done } = await call.resource.delete(
    contextOf(call, (options.dryRun ?? []).length > 0),
    targetOf(call),
    options,
  );
  return sendObject(call, done ? 200 : 202, body);
};
