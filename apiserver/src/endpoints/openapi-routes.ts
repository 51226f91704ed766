import type { FastifyInstance } from 'fastify';
import { methodNotAllowed } from './http-errors.ts';
import { sendPageNotFound, sendText } from './object-response.ts';
import { OpenApi } from './openapi.ts';
import type { DescribedResource } from './openapi-paths.ts';
import type { Describe } from './openapi-schemas.ts';

/**
 * Serves `/openapi/v3` and the documents that it names. Nothing is computed before the first request; `resources` is asked at
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
  fastify.all('/openapi/v3', async (request, reply) => {
    if (request.method !== 'GET') throw methodNotAllowed();
    return sendText(reply, 200, JSON.stringify(openApi().index()));
  });
  fastify.all('/openapi/v3/*', async (request, reply) => {
    if (request.method !== 'GET') throw methodNotAllowed();
    const path = (request.params as Record<string, string>)['*'] ?? '';
    const document = openApi().document(path);
    if (document === undefined) return sendPageNotFound(reply);
    const tag = `"${document.hash}"`;
    reply.raw.setHeader('ETag', tag);
    reply.raw.setHeader('Vary', 'Accept');
    if (request.headers['if-none-match'] === tag) {
      reply.hijack().raw.writeHead(304).end();
      return reply;
    }
    // An address with the right hash never changes its meaning.
    const asked = (request.query as Record<string, string>)['hash'];
    if (asked === document.hash) reply.raw.setHeader('Cache-Control', 'public, immutable');
    return sendText(reply, 200, document.text);
  });
}
