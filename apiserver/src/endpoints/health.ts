import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { queryOf } from './exchange.ts';
import { sendPageNotFound, sendText } from './object-response.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** Simplified: a server that answers is healthy; a real one has some thirty checks more, of etcd, informers and post-start hooks. */
export const HEALTH_CHECKS: readonly string[] = ['ping', 'log'];

/** `/healthz`, `/livez` and `/readyz`: all checks, or one by its name below them; `?verbose` and `?exclude=NAME`. */
export function healthRoutes(fastify: FastifyInstance): void {
  for (const endpoint of ['healthz', 'livez', 'readyz']) {
    const all = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      sendChecks(request, reply, endpoint);
    fastify.all(`/${endpoint}`, all);
    fastify.all(`/${endpoint}/`, all);
    fastify.all(`/${endpoint}/*`, async (request, reply) => {
      const { '*': name } = request.params as { '*': string };
      return HEALTH_CHECKS.includes(name) ? sendText(reply, 200, 'ok', PLAIN_TEXT) : sendPageNotFound(reply);
    });
  }
}

function sendChecks(request: FastifyRequest, reply: FastifyReply, endpoint: string): FastifyReply {
  const query = queryOf(request);
  const excluded = new Set(query.getAll('exclude'));
  const lines = HEALTH_CHECKS.map((name) => `[+]${name}${excluded.delete(name) ? ' excluded:' : ''} ok\n`);
  if (excluded.size > 0) {
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((one) => JSON.stringify(one)).join(', ')}\n`,
    );
  }
  reply.raw.setHeader('X-Content-Type-Options', 'nosniff');
  if (!query.has('verbose')) return sendText(reply, 200, 'ok', PLAIN_TEXT);
  return sendText(reply, 200, `${lines.join('')}${endpoint} check passed\n`, PLAIN_TEXT);
}
