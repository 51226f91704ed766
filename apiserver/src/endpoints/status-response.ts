import { badRequest, internalError, StatusError, type Logger, type Status } from '@kubarium/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsPretty } from './content-negotiation.ts';
import { queryOf } from './exchange.ts';
import { sendValue } from './object-response.ts';

/**
 * The only place where an error becomes a reply. StatusErrors are sent as they are; a body that the HTTP layer could not read is
 * the client's mistake; everything else is a bug of ours: logged with its stack, answered with 500 InternalError.
 */
export function statusOf(error: unknown, logger: Logger): Status & { code: number } {
  if (error instanceof StatusError) return error.status;
  if (error instanceof URIError) return badRequest(error.message).status;
  logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'request failed by a bug');
  return internalError(error instanceof Error ? error.message : String(error)).status;
}

/** Writes an error as a metav1.Status in the format that the client asked for. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const status = statusOf(error, logger);
  const yaml = request.headers.accept?.startsWith('application/yaml') === true;
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  if (retryAfterSeconds !== undefined) reply.raw.setHeader('Retry-After', String(retryAfterSeconds));
  const pretty = wantsPretty(queryOf(request), request.headers['user-agent']);
  return sendValue(reply, status.code, status, { format: yaml ? 'yaml' : 'json', pretty });
}
