import type { ServerResponse } from 'node:http';
import { apiVersionOf } from '@kubarium/shared';
import type { ListAnswer, Rendered } from '../registry/registry.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';

/** A chunk large enough that its cost is in its bytes, small enough to be encrypted and sent while the next is made. */
const CHUNK_CHARACTERS = 256 * 1024;

/** The head of a list: everything before its items. */
export function listMetadata(answer: ListAnswer): Record<string, unknown> {
  return {
    resourceVersion: answer.resourceVersion,
    ...(answer.continue === undefined ? {} : { continue: answer.continue }),
    ...(answer.remainingItemCount === undefined ? {} : { remainingItemCount: answer.remainingItemCount }),
  };
}

/** A list as a value, for the representations that need one; its items go without kind and apiVersion, as in the text. */
export function listValue(definition: ResourceDefinition, answer: ListAnswer): object {
  return {
    kind: definition.listKind,
    apiVersion: apiVersionOf(definition),
    metadata: listMetadata(answer),
    items: answer.items.map(({ value }) => {
      const { kind: _kind, apiVersion: _apiVersion, ...rest } = value;
      return rest;
    }),
  };
}

/** The text of a list in pieces, put together from the items' stored texts: nothing is serialized again. */
export function* listText(definition: ResourceDefinition, answer: ListAnswer): Generator<string> {
  const apiVersion = apiVersionOf(definition);
  const typeFields = `{"kind":"${definition.kind}","apiVersion":"${apiVersion}",`;
  let chunk = `{"kind":"${definition.listKind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMetadata(answer))},"items":[`;
  let first = true;
  for (const { text } of answer.items as readonly Rendered[]) {
    const item = text.startsWith(typeFields) ? `{${text.slice(typeFields.length)}` : text;
    chunk += first ? item : `,${item}`;
    first = false;
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  yield `${chunk}]}\n`;
}

/** Writes pieces to a client no faster than it reads; resolves when all is handed over, or the client is gone. */
export async function writePieces(response: ServerResponse, pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece)) await drained(response);
  }
  response.end();
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
