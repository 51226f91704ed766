import type { FastifyInstance } from 'fastify';
import { negotiate } from './content-negotiation.ts';
import { isPretty, queryOf } from './exchange.ts';
import { sendPageNotFound, sendValue } from './object-response.ts';

/**
 * Simplified: there are no CustomResourceDefinitions, and none can be made: the kind is absent from discovery. Only the list of them is served, which is
 * empty, since kubectl looks there before it creates a kind that cannot be patched (a review), and gives up where it gets no answer.
 */
export function customResourceDefinitionsRoute(fastify: FastifyInstance, revision: () => number): void {
  fastify.get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', async (request, reply) => {
    const query = queryOf(request);
    if (query.has('watch')) return sendPageNotFound(reply);
    const list = {
      kind: 'CustomResourceDefinitionList',
      apiVersion: 'apiextensions.k8s.io/v1',
      metadata: { resourceVersion: String(revision()) },
      items: [],
    };
    return sendValue(reply, 200, list, negotiate(request.headers.accept, isPretty(request, query), 'object'));
  });
}
