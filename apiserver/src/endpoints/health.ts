import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HealthCheck } from '../config.ts';
import { queryOf } from './exchange.ts';
import { sendPageNotFound, sendText } from './object-response.ts';

const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** `/healthz`, `/livez` and `/readyz`: all checks, or one by its name below them; `?verbose` and `?exclude=NAME`. */
export function healthRoutes(fastify: FastifyInstance, checks: Readonly<Record<string, HealthCheck>>): void {
  for (const endpoint of ['healthz', 'livez', 'readyz']) {
    const all = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      sendChecks(request, reply, endpoint, checks);
    fastify.all(`/${endpoint}`, all);
    fastify.all(`/${endpoint}/`, all);
    fastify.all(`/${endpoint}/*`, async (request, reply) => {
      const name = (request.params as { '*': string })['*'];
      const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
      if (check === undefined) return sendPageNotFound(reply);
      const problem = check();
      return problem === undefined
        ? sendText(reply, 200, 'ok', PLAIN_TEXT)
        : sendText(reply, 500, `internal server error: ${problem}\n`, PLAIN_TEXT);
    });
  }
}

function sendChecks(
  request: FastifyRequest,
  reply: FastifyReply,
  endpoint: string,
  checks: Readonly<Record<string, HealthCheck>>,
): FastifyReply {
  const query = queryOf(request);
  const excluded = new Set(query.getAll('exclude'));
  const lines: string[] = [];
  const failed: string[] = [];
  for (const [name, check] of Object.entries(checks)) {
    if (excluded.delete(name)) {
      lines.push(`[+]${name} excluded: ok\n`);
    } else if (check() === undefined) {
      lines.push(`[+]${name} ok\n`);
    } else {
      // Why is for the log: the path is open to everybody.
      lines.push(`[-]${name} failed: reason withheld\n`);
      failed.push(name);
    }
  }
  if (excluded.size > 0) {
    lines.push(
      `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((one) => JSON.stringify(one)).join(', ')}\n`,
    );
  }
  reply.raw.setHeader('X-Content-Type-Options', 'nosniff');
  if (failed.length > 0) return sendText(reply, 500, `${lines.join('')}${endpoint} check failed\n`, PLAIN_TEXT);
  if (!query.has('verbose')) return sendText(reply, 200, 'ok', PLAIN_TEXT);
  return sendText(reply, 200, `${lines.join('')}${endpoint} check passed\n`, PLAIN_TEXT);
}
