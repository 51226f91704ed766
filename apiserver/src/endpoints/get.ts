import { sendObject } from './send-object.ts';
import { contextOf, targetOf, type ReadHandler } from './resource-call.ts';

/** GET of one object or subresource. */
export const get: ReadHandler = async (call) => {
  const resourceVersion = call.query.get('resourceVersion') || undefined;
  const rendered = await call.resource.get(
    contextOf(call, false),
    targetOf(call),
    { resourceVersion },
    call.info.subresource,
  );
  return sendObject(call, 200, rendered);
};
