import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { negotiate, wantsPretty } from './content-negotiation.ts';
import { Discovery, discoveryTag, type DiscoveredResource } from './discovery.ts';
import { queryOf } from './exchange.ts';
import { methodNotAllowed, pathNotFound } from './http-errors.ts';
import { sendPageNotFound, sendText, sendValue } from './object-response.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/**
 * Serves `/api`, `/apis` and what lies below them down to the resource lists, plain and aggregated. `resources` is asked at every
 * request; the documents are made anew only when it returns another array.
 */
export function discoveryRoutes(fastify: FastifyInstance, resources: () => readonly DiscoveredResource[]): void {
  const documents = new DocumentCache(resources);
  const parameter = (request: FastifyRequest, name: string): string =>
    (request.params as Record<string, string>)[name] ?? '';
  const get = (path: string, find: (request: FastifyRequest) => object | undefined): void => {
    for (const one of [path, `${path}/`]) {
      fastify.all(one, async (request, reply) => {
        const document = find(request);
        if (document === undefined) {
          // A path below a group that is served is one of the API's.
          if (path === '/api/:version' || documents.discovery.group(parameter(request, 'group'))) throw pathNotFound();
          return sendPageNotFound(reply);
        }
        if (request.method !== 'GET') throw methodNotAllowed();
        return sendPlain(request, reply, document);
      });
    }
  };
  for (const path of ['/api', '/apis'] as const) {
    for (const one of [path, `${path}/`]) {
      fastify.all(one, async (request, reply) => {
        if (request.method !== 'GET') throw methodNotAllowed();
        if (wantsAggregated(request.headers.accept)) return sendAggregated(request, reply, documents.aggregated(path));
        const { discovery } = documents;
        reply.raw.setHeader('Vary', 'Accept');
        return sendPlain(request, reply, path === '/api' ? discovery.coreVersions(request.host) : discovery.groups());
      });
    }
  }
  get('/api/:version', (request) => documents.discovery.resources('', parameter(request, 'version')));
  get('/apis/:group', (request) => documents.discovery.group(parameter(request, 'group')));
  get('/apis/:group/:version', (request) =>
    documents.discovery.resources(parameter(request, 'group'), parameter(request, 'version')),
  );
}

/**
 * True where the client likes the aggregated form best among those that we write.
 * Simplified: only apidiscovery.k8s.io/v2, as the real server of this version by default; never protobuf.
 */
export function wantsAggregated(accept: string | undefined): boolean {
  for (const clause of accept?.split(',') ?? []) {
    const [type, ...parameters] = clause.split(';').map((part) => part.trim());
    if (type === '*/*') return false;
    if (type !== 'application/json' && type !== 'application/yaml') continue;
    const value = (name: string): string | undefined =>
      parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    if (value('as') === undefined) return false;
    if (value('as') === 'APIGroupDiscoveryList' && value('g') === 'apidiscovery.k8s.io' && value('v') === 'v2') {
      return type === 'application/json';
    }
  }
  return false;
}

interface Aggregated {
  readonly text: string;
  readonly tag: string;
}

class DocumentCache {
  readonly #resources: () => readonly DiscoveredResource[];
  #madeOf: readonly DiscoveredResource[] | undefined;
  #discovery: Discovery | undefined;
  readonly #aggregated = new Map<string, Aggregated>();

  constructor(resources: () => readonly DiscoveredResource[]) {
    this.#resources = resources;
  }

  get discovery(): Discovery {
    const resources = this.#resources();
    if (this.#discovery === undefined || resources !== this.#madeOf) {
      this.#madeOf = resources;
      this.#discovery = new Discovery(resources);
      this.#aggregated.clear();
    }
    return this.#discovery;
  }

  aggregated(path: '/api' | '/apis'): Aggregated {
    const { discovery } = this;
    let made = this.#aggregated.get(path);
    if (made === undefined) {
      const text = JSON.stringify(discovery.aggregated(path));
      this.#aggregated.set(path, (made = { text, tag: `"${discoveryTag(text)}"` }));
    }
    return made;
  }
}

function sendPlain(request: FastifyRequest, reply: FastifyReply, document: object): FastifyReply {
  const isPretty = wantsPretty(queryOf(request), request.headers['user-agent']);
  return sendValue(reply, 200, document, negotiate(request.headers.accept, isPretty, 'object'));
}

function sendAggregated(request: FastifyRequest, reply: FastifyReply, { text, tag }: Aggregated): FastifyReply {
  reply.raw.setHeader('Cache-Control', 'public');
  reply.raw.setHeader('ETag', tag);
  reply.raw.setHeader('Vary', 'Accept');
  if (request.headers['if-none-match'] === tag) {
    reply.hijack().raw.writeHead(304).end();
    return reply;
  }
  return sendText(reply, 200, `${text}\n`, AGGREGATED);
}
