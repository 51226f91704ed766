import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ResourceRegistry } from '../registry/registry.ts';
import { negotiate, type Offer } from './content-negotiation.ts';
import { create } from './create.ts';
import { deleteCollection } from './delete-collection.ts';
import { deleteObject } from './delete.ts';
import { addWarnings, isPretty, queryOf } from './exchange.ts';
import { get } from './get.ts';
import { methodNotAllowed, pathNotFound } from './http-errors.ts';
import { list } from './list.ts';
import { sendPageNotFound } from './object-response.ts';
import { patch } from './patch.ts';
import type { ResourceRequestInfo } from './request-info.ts';
import type { ReadHandler, Services, VerbHandler } from './resource-call.ts';
import type { ReviewResource } from './review-resource.ts';
import { createReview } from './create-review.ts';
import type { StreamingServices } from './streaming/streaming-call.ts';
import { streamingHandler } from './streaming/streaming-handler.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

const READS: Readonly<Record<string, ReadHandler>> = { get, list, watch };

const VERBS: Readonly<Record<string, VerbHandler>> = {
  ...READS,
  create,
  update,
  patch,
  delete: deleteObject,
  deletecollection: deleteCollection,
};

/** Verbs on a whole collection; the others need a name. (A watch may have one.) */
const COLLECTION_VERBS = new Set(['list', 'watch', 'create', 'deletecollection']);

/** The one path of all kinds: finds the resource that a request is about, and hands it to its verb. */
export function resourceRoutes(fastify: FastifyInstance, services: StreamingServices): void {
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { info } = request;
    if (!info.isResource) return sendNoSuchPath(services, info.path, reply);
    return handleResource(services, info, request, reply);
  };
  fastify.all('/api/*', handler);
  fastify.all('/apis/*', handler);
}

async function handleResource(
  services: StreamingServices,
  info: ResourceRequestInfo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { group, version } = info;
  const review = services.reviews.find(
    ({ definition }) =>
      definition.resource === info.resource && definition.group === group && definition.version === version,
  );
  if (review !== undefined) {
    return handleReview(services, review, info, request, reply);
  }
  const resource = services.registry.resource(group, version, info.resource);
  if (resource === undefined) return sendNoSuchPath(services, info.path, reply);
  const { deprecation } = resource.definition;
  if (deprecation !== undefined) addWarnings(reply, [deprecation]);
  const streaming = checkRoute(info, resource) ? streamingHandler(info) : undefined;
  if (streaming !== undefined) {
    const call = { services, info, resource, user: request.user, raw: request.raw, query: queryOf(request) };
    return streaming({ ...call, request, reply });
  }
  if (request.method === 'HEAD') throw methodNotAllowed();
  const verb = VERBS[info.verb];
  if (verb === undefined) throw methodNotAllowed();
  const query = queryOf(request);
  const representation = negotiate(request.headers.accept, isPretty(request, query), offerOf(info));
  return verb({ services, info, resource, request, reply, query, representation });
}

/** A review is created, and nothing else, unless there is something of it to be read. */
async function handleReview(
  services: StreamingServices,
  review: ReviewResource,
  info: ResourceRequestInfo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { definition, reads } = review;
  checkScope(info, definition.namespaced);
  if (info.subresource !== undefined || (info.name !== undefined && reads === undefined)) throw pathNotFound();
  if (info.verb === 'create' && info.name === undefined) return createReview(services, review, info, request, reply);
  const read = request.method === 'HEAD' ? undefined : READS[info.verb];
  if (reads === undefined || read === undefined) throw methodNotAllowed();
  const query = queryOf(request);
  const representation = negotiate(request.headers.accept, isPretty(request, query), offerOf(info));
  return read({ services, info, resource: reads, request, reply, query, representation });
}

/** Subresources that are printed as tables. */
const PRINTED: readonly (string | undefined)[] = [undefined, 'status', 'scale'];

function offerOf({ verb, subresource }: ResourceRequestInfo): Offer {
  if (!PRINTED.includes(subresource)) return 'plain';
  return verb === 'watch' ? 'watch' : verb === 'list' ? 'collection' : 'object';
}

/** Throws 404 where the URL leads nowhere, 405 where it does but not with this method. True for a subresource. */
function checkRoute(info: ResourceRequestInfo, { definition }: ResourceRegistry): boolean {
  checkScope(info, definition.namespaced);
  if (info.subresource === undefined) {
    // What is only created in a namespace (a Binding) is found by no name, nor outside.
    const isFound = definition.verbs.some((verb) => verb !== 'create');
    if (!isFound && (info.name !== undefined || info.namespace === undefined)) throw pathNotFound();
    if (!(definition.verbs as readonly string[]).includes(info.verb)) throw methodNotAllowed();
    if (definition.namespaced && info.namespace === undefined && info.verb !== 'list' && info.verb !== 'watch') {
      throw info.name === undefined ? methodNotAllowed() : pathNotFound();
    }
    if (COLLECTION_VERBS.has(info.verb) ? info.verb === 'create' && info.name !== undefined : info.name === undefined) {
      throw methodNotAllowed();
    }
    return false;
  }
  const subresource = definition.subresources[info.subresource];
  if (subresource === undefined || !info.name) throw pathNotFound();
  if (info.subresource === 'proxy') return true;
  if (info.rest !== undefined && info.rest !== '') throw pathNotFound();
  if (!subresource.verbs.includes(info.verb)) throw methodNotAllowed();
  return true;
}

/** A cluster-scoped resource is not below a namespace; of a namespaced one, single objects are found nowhere else. */
function checkScope(info: ResourceRequestInfo, namespaced: boolean): void {
  if (info.resource === 'namespaces' && info.group === '') return;
  if (!namespaced && info.namespace !== undefined) throw pathNotFound();
  if (namespaced && info.namespace === undefined && info.name !== undefined) throw pathNotFound();
}

/** Within a group that is served, the API answers; outside it, the bare web server. */
function sendNoSuchPath({ registry, reviews }: Services, path: string, reply: FastifyReply): FastifyReply {
  const group = path.startsWith('/apis/') ? path.split('/')[2] : '';
  const isServed =
    registry.definitions().some((definition) => definition.group === group) ||
    reviews.some(({ definition }) => definition.group === group);
  if (isServed) throw pathNotFound();
  return sendPageNotFound(reply);
}
