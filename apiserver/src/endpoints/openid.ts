import type { FastifyInstance } from 'fastify';
import type { ServiceAccountSigner } from '../authentication/service-account-signer.ts';
import { sendText } from './object-response.ts';

/** The documents by which others check ServiceAccount signer (OpenID Connect Discovery 1.0, RFC 7517). */
export function openIdRoutes(app: FastifyInstance, signer: ServiceAccountSigner | undefined): void {
  if (signer === undefined) return;
  app.get('/.well-known/openid-configuration', async (request, reply) =>
    sendText(reply, 200, JSON.stringify(signer.discoveryDocument(`https://${request.host}/openid/v1/jwks`))),
  );
  app.get('/openid/v1/jwks', async (_request, reply) =>
    sendText(reply, 200, JSON.stringify(signer.jwks()), 'application/jwk-set+json'),
  );
}
