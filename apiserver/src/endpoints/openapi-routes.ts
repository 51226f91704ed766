import { notAcceptable } from '@kubarium/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseAccept } from './content-negotiation.ts';
import { methodNotAllowed } from './http-errors.ts';
import { sendPageNotFound, sendText } from './object-response.ts';
import { OpenApi } from './openapi.ts';
import type { DescribedResource } from './openapi-paths.ts';
import type { Describe } from './openapi-schemas.ts';

const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** As kubectl spells it (with an `@`) and as it is answered. */
const IS_PROTOBUF = /^application\/com\.github\.proto-openapi\.spec\.v2[.@]v1\.0\+protobuf$/;

const JSON_TYPES = new Set(['application/json', 'application/*', '*/*']);

/**
 * Serves `/openapi/v3` with the documents that it names, and `/openapi/v2`. Nothing is computed before the first request; `resources` is asked at
 * every request, and the documents are made anew when it returns another array.
 */
export function openApiRoutes(
  fastify: FastifyInstance,
  resources: () => readonly DescribedResource[],
  describe: Describe,
): void {
  let madeOf: readonly DescribedResource[] | undefined;
  let made: OpenApi | undefined;
  const openApi = (): OpenApi => {
    const current = resources();
    if (made === undefined || current !== madeOf) {
      madeOf = current;
      made = new OpenApi(current, describe);
    }
    return made;
  };
  fastify.all('/openapi/v2', async (request, reply) => {
    if (request.method !== 'GET') throw methodNotAllowed();
    const accepted = parseAccept(request.headers.accept || '*/*');
    const wanted = accepted.find(({ type }) => IS_PROTOBUF.test(type) || JSON_TYPES.has(type));
    if (wanted === undefined)
      throw notAcceptable(`only the following media types are accepted: application/json, ${PROTOBUF}`);
    const { text, protobuf, hash } = openApi().swagger();
    if (isKnown(request, reply, hash)) return reply;
    return IS_PROTOBUF.test(wanted.type) ? sendText(reply, 200, protobuf, PROTOBUF) : sendText(reply, 200, text);
  });
  fastify.all('/openapi/v3', async (request, reply) => {
    if (request.method !== 'GET') throw methodNotAllowed();
    return sendText(reply, 200, JSON.stringify(openApi().index()));
  });
  fastify.all('/openapi/v3/*', async (request, reply) => {
    if (request.method !== 'GET') throw methodNotAllowed();
    const path = (request.params as Record<string, string>)['*'] ?? '';
    const document = openApi().document(path);
    if (document === undefined) return sendPageNotFound(reply);
    if (isKnown(request, reply, document.hash)) return reply;
    // An address with the right hash never changes its meaning.
    const asked = (request.query as Record<string, string>)['hash'];
    if (asked === document.hash) reply.raw.setHeader('Cache-Control', 'public, immutable');
    return sendText(reply, 200, document.text);
  });
}

/** Says which version a document is; true where the client has that one, and has been told so. */
function isKnown(request: FastifyRequest, reply: FastifyReply, hash: string): boolean {
  const tag = `"${hash}"`;
  reply.raw.setHeader('ETag', tag);
  reply.raw.setHeader('Vary', 'Accept');
  if (request.headers['if-none-match'] !== tag) return false;
  reply.hijack().raw.writeHead(304).end();
  return true;
}
