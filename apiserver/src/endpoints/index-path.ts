import { apiVersionOf } from '@kubarium/shared';
import type { FastifyInstance } from 'fastify';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import { HEALTH_CHECKS } from './health.ts';
import { sendText } from './object-response.ts';

/** `/`: every path that is worth a look. */
export function indexRoute(app: FastifyInstance, resources: () => readonly ResourceDefinition[]): void {
  app.get('/', async (_request, reply) => {
    const paths = new Set([
      '/api',
      '/apis',
      '/apis/',
      '/metrics',
      '/openapi/v2',
      '/openapi/v3',
      '/openapi/v3/',
      '/version',
    ]);
    paths.add('/.well-known/openid-configuration').add('/openid/v1/jwks');
    for (const definition of resources()) {
      if (definition.group === '') {
        paths.add(`/api/${definition.version}`);
      } else {
        paths.add(`/apis/${definition.group}`).add(`/apis/${apiVersionOf(definition)}`);
      }
    }
    for (const endpoint of ['healthz', 'livez', 'readyz']) {
      paths.add(`/${endpoint}`);
      for (const check of HEALTH_CHECKS) paths.add(`/${endpoint}/${check}`);
    }
    return sendText(reply, 200, JSON.stringify({ paths: [...paths].sort() }, undefined, 2));
  });
}
