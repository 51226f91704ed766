import { generateKeyPairSync } from 'node:crypto';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { realClock, seededRandom, silentLogger, type NodeConnector, type Runtime } from '@kubarium/shared';
import { ServiceAccountSigner } from '../../authentication/service-account-signer.ts';
import type { ApiServerOptions } from '../../api-server-options.ts';
import { resourceTable } from '../../registry/resource-table.ts';
import { createApiServer, type ApiServer } from '../../server.ts';
import { testCertificates, type TestCertificates } from './certificates.ts';
import { MemoryRegistry } from './memory-registry.ts';

export const ADMIN_TOKEN = 'admin-token';

export interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON. */
  readonly body: Record<string, unknown> & { message?: string; reason?: string };
}

export interface Question extends RequestOptions {
  readonly body?: string | Buffer;
  /** Sent as a bearer token: the administrator's by default, none for null. */
  readonly token?: string | null;
}

/** A server over TLS on a free port, with a registry that only keeps objects. */
export interface TestServer extends AsyncDisposable {
  readonly server: ApiServer;
  readonly registry: MemoryRegistry;
  readonly runtime: Runtime;
  readonly signer: ServiceAccountSigner;
  readonly certificates: TestCertificates;
  readonly port: number;
  readonly url: string;
  ask(method: string, path: string, question?: Question): Promise<Answer>;
  open(method: string, path: string, question?: Question): Promise<IncomingMessage>;
}

let certificates: Promise<TestCertificates> | undefined;

const noNodes: NodeConnector = {
  kubelet: () => {
    throw new Error('no nodes in this test');
  },
  dial: () => Promise.reject(new Error('no network in this test')),
};

export async function testServer(options: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  certificates ??= testCertificates();
  const { ca, server: tls } = await certificates;
  const runtime = options.runtime ?? { clock: realClock, random: seededRandom(1), logger: silentLogger };
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const signer = new ServiceAccountSigner(runtime, privateKey);
  const registry = new MemoryRegistry(resourceTable({ runtime, tokenIssuer: signer }), runtime);
  const server = createApiServer({
    runtime,
    registry,
    nodes: noNodes,
    tls: { ...tls, clientCa: ca },
    port: 0,
    adminToken: ADMIN_TOKEN,
    serviceAccountSigner: signer,
    ...options,
  });
  const { port } = await server.listen();
  const open: TestServer['open'] = (method, path, { body, token = ADMIN_TOKEN, headers, ...rest } = {}) =>
    new Promise((resolve, reject) => {
      const request = httpsRequest(
        {
          host: '127.0.0.1',
          port,
          path,
          method,
          ca,
          headers: {
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
            ...(headers as IncomingHttpHeaders),
          },
          ...rest,
        },
        resolve,
      );
      request.once('error', reject);
      request.end(body);
    });
  return {
    server,
    registry,
    runtime,
    signer,
    certificates: await certificates,
    port,
    url: `https://127.0.0.1:${port}`,
    open,
    async ask(method, path, question) {
      const response = await open(method, path, question);
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return {
        code: response.statusCode!,
        headers: response.headers,
        text,
        get body() {
          return JSON.parse(text) as Answer['body'];
        },
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
