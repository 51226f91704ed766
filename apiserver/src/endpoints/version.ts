import type { FastifyInstance } from 'fastify';
import { negotiate } from './content-negotiation.ts';
import { methodNotAllowed } from './http-errors.ts';
import { sendText } from './object-response.ts';

/**
 * What `/version` answers: the Kubernetes version whose behaviour is modelled. The build part after the `+` tells a simulated
 * cluster from a real one, and is ignored where versions are compared.
 */
export const SERVER_VERSION = {
  major: '1',
  minor: '35',
  emulationMajor: '1',
  emulationMinor: '35',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '34',
  gitVersion: 'v1.35.4+kubarium',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;

export function versionRoutes(fastify: FastifyInstance): void {
  const text = JSON.stringify(SERVER_VERSION, undefined, 2);
  for (const path of ['/version', '/version/']) {
    fastify.all(path, async (request, reply) => {
      if (request.method !== 'GET') throw methodNotAllowed();
      negotiate(request.headers.accept, true, 'document');
      return sendText(reply, 200, text);
    });
  }
}
