import type { IncomingMessage } from 'node:http';
import { badRequest, internalError, StatusError, type Logger, type Status } from '@kubarium/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsPretty } from './content-negotiation.ts';
import { sendText, textOf } from './object-response.ts';

/**
 * The only place where an error becomes a reply. StatusErrors are sent as they are; a path that cannot be read is the client's
 * mistake; everything else is a bug of ours: logged with its stack, answered with 500 InternalError.
 */
function statusOf(error: unknown, logger: Logger): Status & { code: number } {
  if (error instanceof StatusError) return error.status;
  if (error instanceof URIError) return { ...badRequest(error.message).status };
  logger.error({ error: error instanceof Error ? error.stack : String(error) }, 'request failed by a bug');
  return internalError(error instanceof Error ? error.message : String(error)).status;
}

/** An error as a metav1.Status in the format that the client asked for. */
export function errorReply(
  error: unknown,
  request: IncomingMessage,
  logger: Logger,
): { code: number; headers: Record<string, string>; text: string } {
  const status = statusOf(error, logger);
  const yaml = request.headers.accept?.startsWith('application/yaml') === true;
  const mark = request.url!.indexOf('?');
  const query = new URLSearchParams(mark === -1 ? '' : request.url!.slice(mark));
  const text = textOf(status, {
    format: yaml ? 'yaml' : 'json',
    pretty: wantsPretty(query, request.headers['user-agent']),
  });
  const retryAfterSeconds = status.details?.retryAfterSeconds;
  return {
    code: status.code,
    headers: {
      'Content-Type': yaml ? 'application/yaml' : 'application/json',
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    },
    text,
  };
}

export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const { code, headers, text } = errorReply(error, request.raw, logger);
  for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
  return sendText(reply, code, text, headers['Content-Type']);
}
