import type { Random } from '@kubarium/shared';
import { jsonPatchOf, mutateBytes, mutateJson, mutatePath, partOf, queryOf } from './mutate.ts';
import { OTHER_BODIES, samples, type Json, type JsonObject, type Sample } from './samples.ts';
import { oddYaml, yamlText } from './yaml-text.ts';

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** A resource as discovery tells of it. */
export interface ServedResource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly root: string;
  /** With its subresource: `pods/log`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

export const NAMESPACE = 'fuzz';

const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const OTHER_TYPES = [
  '',
  'text/plain',
  'application/cbor',
  'application/json; charset=x',
  'x',
  'application/apply-patch+cbor',
];
const ACCEPTS = [
  JSON_TYPE,
  YAML_TYPE,
  PROTOBUF_TYPE,
  `${PROTOBUF_TYPE},${JSON_TYPE}`,
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v9;g=x,*/*;q=0',
  'text/html',
  '*/*',
  '',
];
const OTHER_PATHS = [
  '/',
  '/api',
  '/apis',
  '/version',
  '/healthz',
  '/readyz?verbose',
  '/livez/x',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/api/v1',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/logs',
  '/x',
];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];

const METHOD_OF: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
};
const COLLECTION_VERBS = new Set(['create', 'list', 'watch', 'deletecollection']);

/** Makes requests that are nearly right: valid ones with something changed, over all that the server serves. */
export class RequestGenerator {
  readonly #random: Random;
  readonly #resources: readonly ServedResource[];
  readonly #samples: readonly Sample[];

  constructor(random: Random, resources: readonly ServedResource[]) {
    this.#random = random;
    this.#resources = resources;
    this.#samples = samples(NAMESPACE);
  }

  next(): FuzzRequest {
    const random = this.#random;
    const { root, name, kind, namespaced, verbs } = this.#pick(this.#resources);
    const [resource, subresource] = name.split('/') as [string, string?];
    const verb = this.#pick([...verbs.filter((one) => !one.startsWith('delete') || this.#chance(4)), 'get']);
    const method = this.#chance(15) ? this.#pick(METHODS) : (METHOD_OF[verb] ?? 'GET');
    const isOfCollection = COLLECTION_VERBS.has(verb) && subresource === undefined;
    const hasName = this.#chance(20) ? isOfCollection : !isOfCollection;
    let path = [
      root,
      ...(namespaced && !this.#chance(20) ? ['namespaces', NAMESPACE] : []),
      resource,
      ...(hasName ? [this.#name(kind)] : []),
      ...(subresource === undefined ? [] : [subresource]),
    ].join('/');
    if (this.#chance(50)) path = this.#pick(OTHER_PATHS);
    if (this.#chance(10)) path = mutatePath(path, random);
    const query = queryOf(random);
    const upgrade = this.#chance(100) ? upgradeHeaders(this.#pick(['websocket', 'SPDY/3.1', 'x'])) : {};
    // What follows a granted upgrade are frames, or should be.
    const { body, type } = 'Upgrade' in upgrade && this.#chance(2) ? this.#encode({}) : this.#body(method, kind);
    const isSafe = body === undefined || !growsTooMuch(body);
    const full = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
    return {
      method,
      path: isSafe ? full : `${full}${full.includes('?') ? '&' : '?'}dryRun=All`,
      headers: {
        Accept: this.#chance(4) ? this.#pick(ACCEPTS) : JSON_TYPE,
        ...(type === undefined ? {} : { 'Content-Type': type }),
        ...upgrade,
      },
      body,
    };
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.integer(from.length)]!;
  }

  /** True once in `times`. */
  #chance(times: number): boolean {
    return this.#random.integer(times) === 0;
  }

  /** The names of samples, so that many requests meet an object. */
  #name(kind: string): string {
    const sample = this.#samples.find((one) => one.kind === kind)?.json['metadata'] as JsonObject | undefined;
    return this.#chance(10)
      ? this.#pick(['x', 'sample', 'default', 'kubernetes'])
      : ((sample?.['name'] as string | undefined) ?? 'sample');
  }

  #body(method: string, kind: string): { body?: Buffer; type?: string } {
    if (method === 'GET' && !this.#chance(50)) return {};
    const own = this.#samples.find((one) => one.kind === kind);
    const sample = own === undefined || this.#chance(20) ? undefined : own;
    const valid = sample?.json ?? this.#otherBody(kind, method);
    if (method === 'PATCH') return this.#patch(valid);
    if (method === 'DELETE') {
      if (this.#chance(2)) return {};
      return this.#encode(mutateJson(OTHER_BODIES.at(-1)!, this.#random));
    }
    if (sample !== undefined && this.#chance(4)) {
      return {
        type: PROTOBUF_TYPE,
        body: this.#chance(5) ? sample.protobuf : mutateBytes(sample.protobuf, this.#random),
      };
    }
    return this.#encode(this.#chance(6) ? valid : mutateJson(valid, this.#random));
  }

  #otherBody(kind: string, method: string): JsonObject {
    const fitting = OTHER_BODIES.find((body) => body['kind'] === kind);
    if (fitting !== undefined && method !== 'DELETE') return fitting;
    return this.#pick([...OTHER_BODIES, ...this.#samples.map(({ json }) => json)]);
  }

  #encode(value: Json): { body: Buffer; type: string } {
    const type = this.#pick([JSON_TYPE, JSON_TYPE, JSON_TYPE, YAML_TYPE, YAML_TYPE]);
    const text = type === YAML_TYPE ? yamlText(value) : JSON.stringify(value);
    return {
      body: this.#garble(text, type),
      type: this.#chance(30) ? this.#pick([...OTHER_TYPES, ...PATCH_TYPES]) : type,
    };
  }

  #garble(text: string, type: string): Buffer {
    if (type !== JSON_TYPE && this.#chance(6)) return Buffer.from(oddYaml(text, this.#random));
    return this.#chance(15) ? mutateBytes(Buffer.from(text), this.#random) : Buffer.from(text);
  }

  #patch(valid: JsonObject): { body: Buffer; type: string } {
    const type = this.#pick(PATCH_TYPES);
    const part = partOf(valid, this.#random);
    const value =
      {
        'application/json-patch+json': () => jsonPatchOf(valid, this.#random),
        'application/apply-patch+yaml': () => mutateJson(valid, this.#random),
      }[type] ?? (() => (this.#chance(2) ? mutateJson(part, this.#random) : part));
    const body = this.#garble(
      type.endsWith('yaml') && this.#chance(2) ? yamlText(value()) : JSON.stringify(value()),
      type,
    );
    return { body, type: this.#chance(30) ? this.#pick([...OTHER_TYPES, ...PATCH_TYPES]) : type };
  }
}

/** A request to run a million pods is legal; what it costs is not what is looked for here. */
const growsTooMuch = (body: Buffer): boolean => /replicas\W{0,5}[^01\s]/.test(body.toString('latin1'));

const upgradeHeaders = (protocol: string): Record<string, string> => ({
  Connection: 'Upgrade',
  Upgrade: protocol,
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Protocol': 'v5.channel.k8s.io',
});
