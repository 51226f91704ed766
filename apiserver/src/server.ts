import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { realClock, sleep } from '@kubarium/shared';
import { fastify, type FastifyInstance } from 'fastify';
import { authenticated, firstOf } from './authentication/authenticator.ts';
import { BearerTokenAuthenticator, StaticTokens } from './authentication/bearer-token.ts';
import { ClientCertificateAuthenticator } from './authentication/client-certificate.ts';
import { ServiceAccountTokens } from './authentication/service-account-token.ts';
import { bootstrapRules } from './authorization/bootstrap-rules.ts';
import { RbacAuthorizer } from './authorization/rbac-authorizer.ts';
import type { ApiServerOptions } from './api-server-options.ts';
import { accessControl, type AccessControl } from './endpoints/access-control.ts';
import { customResourceDefinitionsRoute } from './endpoints/custom-resource-definitions.ts';
import { discoveryRoutes } from './endpoints/discovery-routes.ts';
import { Handshakes } from './endpoints/handshakes.ts';
import { healthRoutes } from './endpoints/health.ts';
import { indexRoute } from './endpoints/index-path.ts';
import { ApiMetrics, metricsRoutes } from './endpoints/metrics.ts';
import { sendPageNotFound, sendText } from './endpoints/object-response.ts';
import { openApiRoutes } from './endpoints/openapi-routes.ts';
import { openIdRoutes } from './endpoints/openid.ts';
import { answerPlainHttp, answerUnreadable } from './endpoints/plain-http.ts';
import { resourceRoutes } from './endpoints/resource-routes.ts';
import { builtInReviews } from './endpoints/reviews/built-in-reviews.ts';
import { describeSchema } from './endpoints/schema-descriptions.ts';
import { servedResources } from './endpoints/served-resources.ts';
import { sendError } from './endpoints/status-response.ts';
import type { StreamingServices } from './endpoints/streaming/streaming-call.ts';
import { isUpgradable, upgradeRoutes } from './endpoints/upgrade-routes.ts';
import { versionRoutes } from './endpoints/version.ts';
import { EventLines } from './endpoints/watch-stream.ts';

/** A running API server. Disposing it ends all watches and streams, and resolves when the port is free. */
export interface ApiServer extends AsyncDisposable {
  /** Opens the port; resolves with where it is. Rejects with the system's error (EADDRINUSE, EACCES). */
  listen(): Promise<{ readonly address: string; readonly port: number }>;
  /** Serves a client that comes over another byte stream than a socket: pods reach the API through the pod network. */
  accept(connection: Duplex): void;
}

const noSchemas = (): never => {
  throw new Error('no route has a schema');
};

/** As Go's server: a label selector can be long. */
const HEADER_LIMIT_BYTES = 1024 * 1024;

const ADMINISTRATOR = { name: 'kubernetes-admin', groups: ['system:masters'] };

/** How long a client may take, when the server ends, to read what was written to it. Of the machine's time, as connections are. */
const LAST_WORDS_MS = 500;

/** Builds the server out of its plugins. Nothing is opened before `listen`. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { runtime, registry } = options;
  const logger = (options.logger ?? runtime.logger).child({ component: 'apiserver' });
  const closing = new AbortController();
  const authorizer = options.authorizer ?? new RbacAuthorizer(bootstrapRules());
  const tokens = new BearerTokenAuthenticator(
    ...(options.adminToken === undefined
      ? []
      : [new StaticTokens([{ token: options.adminToken, user: authenticated(ADMINISTRATOR) }])]),
    ...(options.serviceAccountSigner === undefined
      ? []
      : [new ServiceAccountTokens(options.serviceAccountSigner, registry, runtime)]),
  );
  const access: AccessControl = {
    authenticator: firstOf(new ClientCertificateAuthenticator(), tokens),
    authorizer,
  };
  const services: StreamingServices = {
    runtime,
    registry,
    nodes: options.nodes,
    tableCells: (definition, object, nowMs) => definition.strategy.tableCells?.(object, nowMs) ?? [],
    reviews: [...builtInReviews(authorizer, tokens), ...(options.reviews ?? [])],
    eventLines: new EventLines(),
    watchRandom: runtime.random.fork('watch-timeouts'),
    closing: closing.signal,
    metrics: new ApiMetrics(runtime.clock, options.storageRevision),
  };

  const sockets = new Set<Duplex>();
  const app = fastify({
    https: {
      key: options.tls.key,
      cert: options.tls.cert,
      ca: options.tls.clientCa,
      requestCert: true,
      rejectUnauthorized: false,
      shouldUpgradeCallback: isUpgradable,
      maxHeaderSize: HEADER_LIMIT_BYTES,
    },
    // Answered in the API's own words further on.
    frameworkErrors: (_error, _request, reply) => void sendText(reply, 400, '400 Bad Request', 'text/plain'),
    clientErrorHandler: answerUnreadable,
    forceCloseConnections: true,
    return503OnClosing: false,
    keepAliveTimeout: 120_000,
    requestTimeout: 0,
    exposeHeadRoutes: false,
    // No route has a schema of Fastify's: without this, its validator and its serializer would be loaded at the start.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  }) as unknown as FastifyInstance;
  const server = app.server as unknown as Server;
  const handshakes = new Handshakes(server);
  answerPlainHttp(server);
  server.on('secureConnection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  // Bodies are read by the handlers, after authorization; proxied ones are passed on unread. The methods that the API knows are not
  // even looked at for one; what others bring is left alone.
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request: unknown, _payload: unknown, done: (error: null) => void) => done(null));
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, logger));
  app.setNotFoundHandler(async (_request, reply) => sendPageNotFound(reply));
  app.addHook('onRequest', (_request, _reply, done) => handshakes.before(done));
  accessControl(app, access, runtime, services.metrics);
  healthRoutes(app);
  metricsRoutes(app, services.metrics);
  versionRoutes(app);
  openIdRoutes(app, options.serviceAccountSigner);
  const served = servedResources(registry, services.reviews);
  indexRoute(app, served);
  discoveryRoutes(app, served);
  openApiRoutes(app, served, describeSchema);
  customResourceDefinitionsRoute(app, () => options.storageRevision?.() ?? 0);
  resourceRoutes(app, services);
  upgradeRoutes(server, services, access);

  return {
    async listen() {
      await app.listen({ host: options.address ?? '127.0.0.1', port: options.port });
      const { address, port } = server.address() as AddressInfo;
      return { address, port };
    },
    accept(connection) {
      // Without a port nobody has made the routes ready yet. That takes its time, in which nothing else seems to go on.
      runtime.activity?.begin();
      app.ready(() => {
        server.emit('connection', connection);
        runtime.activity?.end();
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      // What has been written (the ends of watches) goes out first: closing takes a watch that has ended for idle. Then nobody is waited for.
      await Promise.race([Promise.all(Array.from(sockets, sent)), sleep(realClock, LAST_WORDS_MS)]);
      for (const socket of sockets) socket.destroy();
      await app.close();
    },
  };
}

/** Ends a connection; resolves once all that was written has been taken, or there is nobody any more to take it. */
const sent = (socket: Duplex): Promise<void> =>
  new Promise((resolve) => {
    socket.once('finish', resolve).once('close', resolve).end();
  });
