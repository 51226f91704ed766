import { notAcceptable } from '@kubarium/shared';
import type { ListAnswer } from '../registry/registry.ts';
import { listMetadata, listText, listValue, writePieces } from './list-response.ts';
import { goTypeName, partialObjectMetadata, sendText, sendValue } from './object-response.ts';
import { listOptions } from './query-options.ts';
import { contextOf, namespaceOf, type ReadCall, type ReadHandler } from './resource-call.ts';
import { listTable } from './table-response.ts';

/** A list that fits in one write is sent with its length, as a larger one is streamed. */
const STREAMED_FROM_ITEMS = 64;

/** GET of a collection. */
export const list: ReadHandler = async (call) => {
  const options = listOptions(call.query, false);
  const answer = await call.resource.list(contextOf(call, false), {
    ...options,
    namespace: namespaceOf(call.info),
  });
  return sendList(call, answer);
};

/** Sends a list in the representation chosen. */
export async function sendList(call: ReadCall, answer: ListAnswer): Promise<unknown> {
  const { representation, reply } = call;
  const { definition } = call.resource;
  const { as } = representation;
  if (as?.kind === 'PartialObjectMetadata') {
    throw notAcceptable(
      `you requested PartialObjectMetadata, but the requested object is a list (${goTypeName(definition.group, definition.listKind)})`,
    );
  }
  if (as?.kind === 'PartialObjectMetadataList') {
    return sendValue(
      reply,
      200,
      {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${as.version}`,
        metadata: listMetadata(answer),
        items: answer.items.map(({ value }) => partialObjectMetadata(value, as.version)),
      },
      representation,
    );
  }
  if (as?.kind === 'Table') return sendValue(reply, 200, listTable(call, answer, as.version), representation);
  if (representation.format === 'yaml' || representation.pretty) {
    return sendValue(reply, 200, listValue(definition, answer), representation);
  }
  const pieces = listText(definition, answer);
  if (answer.items.length < STREAMED_FROM_ITEMS) return sendText(reply, 200, [...pieces].join(''));
  const { raw } = reply.hijack();
  raw.writeHead(200, { 'Content-Type': 'application/json' });
  await writePieces(raw, pieces);
  return reply;
}
