import { notAcceptable } from '@kubarium/shared';
import type { Rendered } from '../registry/registry.ts';
import { goTypeName, partialObjectMetadata, sendRendered, sendValue } from './object-response.ts';
import type { ReadCall } from './resource-call.ts';
import { objectTable } from './table-response.ts';

/** Sends the object that a call ends with, in the representation and form that the client asked for. */
export function sendObject(call: ReadCall, code: number, rendered: Rendered): unknown {
  const { reply, representation } = call;
  const { as } = representation;
  // The Status that answers a delete stays what it is.
  if (as === undefined || rendered.value.kind === 'Status') return sendRendered(reply, code, rendered, representation);
  switch (as.kind) {
    case 'PartialObjectMetadata':
      return sendValue(reply, code, partialObjectMetadata(rendered.value, as.version), representation);
    case 'Table':
      return sendValue(reply, code, objectTable(call, rendered, as.version), representation);
    case 'PartialObjectMetadataList': {
      const { apiVersion, kind } = rendered.value;
      const group = apiVersion.includes('/') ? apiVersion.split('/', 1)[0]! : '';
      throw notAcceptable(
        `you requested PartialObjectMetadataList, but the requested object is not a list (${goTypeName(group, kind)})`,
      );
    }
  }
}
