import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkNamespace } from '../registry/store/write-checks.ts';
import { negotiate } from './content-negotiation.ts';
import { decodeObject } from './decode-object.ts';
import { addWarnings, isPretty, queryOf } from './exchange.ts';
import { sendValue } from './object-response.ts';
import { decodePlain } from './plain-body.ts';
import { writeOptions } from './query-options.ts';
import { readBody } from './read-body.ts';
import type { ResourceRequestInfo } from './request-info.ts';
import type { Services } from './resource-call.ts';
import type { ReviewResource } from './review-resource.ts';

/** POST of a review: answered at once, nothing is stored. */
export async function createReview(
  services: Services,
  resource: ReviewResource,
  info: ResourceRequestInfo,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { definition } = resource;
  const query = queryOf(request);
  const representation = negotiate(request.headers.accept, isPretty(request, query), 'plain');
  const { dryRun, fieldValidation } = writeOptions(query, 'CreateOptions');
  const body = await readBody(request.raw);
  const decode = definition.schema === '' ? decodePlain : decodeObject;
  const { object, warnings } = decode(definition, body, request.headers['content-type'], {
    fieldValidation,
  });
  addWarnings(reply, warnings);
  if (object.metadata !== undefined) checkNamespace(definition, object, info.namespace);
  const answer = await resource.review({ user: request.user, runtime: services.runtime, dryRun }, object);
  return sendValue(reply, 201, answer, representation);
}
