import type { IncomingMessage } from 'node:http';
import { httpDate, realClock, type Runtime } from '@kubarium/shared';
import type { FastifyInstance } from 'fastify';
import { impersonated } from '../authentication/impersonation.ts';
import { attributesOf, type Authorizer } from '../authorization/authorizer.ts';
import { forbiddenError } from '../authorization/forbidden-error.ts';
import type { User } from '../registry/strategy.ts';
import { ANONYMOUS } from '../authentication/authenticator.ts';
import type { ApiMetrics } from './metrics.ts';
import { requestInfo, type RequestInfo } from './request-info.ts';

/** Who may come in, and what they may do. */
export interface AccessControl {
  readonly authenticator: { authenticate(request: IncomingMessage): Promise<User> };
  readonly authorizer: Authorizer;
}

/** Finds out who asks, and refuses what they may not: 401 or 403. */
export async function admit(
  { authenticator, authorizer }: AccessControl,
  request: IncomingMessage,
  info: RequestInfo,
): Promise<User> {
  const user = impersonated(await authenticator.authenticate(request), request.headers, authorizer);
  const attributes = attributesOf(info);
  const { allowed, reason } = authorizer.authorize(user, attributes);
  if (!allowed) throw forbiddenError(user, attributes, reason);
  return user;
}

const NOTHING: RequestInfo = { isResource: false, verb: '', path: '' };

/** Reads each request's meaning, and lets in who may come in, before anything else happens; counts what becomes of it. */
export function accessControl(
  app: FastifyInstance,
  access: AccessControl,
  runtime: Runtime,
  metrics: ApiMetrics,
): void {
  const auditIds = runtime.random.fork('audit-ids');
  app.decorateRequest('info');
  app.decorateRequest('user');
  app.decorateRequest('startedMs');
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['audit-id'];
    reply.raw.setHeader('Audit-Id', typeof given === 'string' ? given : auditIds.uuid());
    reply.raw.setHeader('Cache-Control', 'no-cache, private');
    if (runtime.clock !== realClock) {
      reply.raw.sendDate = false;
      reply.raw.setHeader('Date', httpDate(runtime.clock.now()));
    }
    request.startedMs = runtime.clock.now();
    request.user = ANONYMOUS;
    request.info = NOTHING;
    request.info = requestInfo(request.method, request.raw.url!);
    request.user = await admit(access, request.raw, request.info);
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.info, reply.raw.statusCode, request.startedMs);
  });
}
