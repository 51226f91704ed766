import type { Random } from '@kubarium/shared';
import { jsonPatchOf, mutateJson } from './mutate.ts';
import { OTHER_BODIES, samples, type Json, type JsonObject } from './samples.ts';
import { schemaOf, SchemaValues } from './schema-values.ts';
import type { ServedResource } from './generator.ts';

/** A request for two servers; `$VERSION` and `$UID` in its body stand for what each has for the object at `of`. */
export interface ComparedRequest {
  readonly method: string;
  readonly path: string;
  readonly of: string;
  readonly type: string;
  readonly body: string | undefined;
}

/** Of nearly all objects that are asked for. */
export const SAMPLE_NAME = 'sample';
const PATCH_TYPES = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'];
const METHODS: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  get: 'GET',
  list: 'GET',
};
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  GET: [
    'resourceVersion=0',
    'resourceVersion=x',
    'resourceVersionMatch=Exact',
    'labelSelector=app%3Da',
    'labelSelector=a%20in%20(',
    'fieldSelector=metadata.name%3Dsample',
    'fieldSelector=x%3Dy',
    'limit=1',
    'limit=x',
    'continue=x',
  ],
  DELETE: [
    'propagationPolicy=Orphan',
    'propagationPolicy=x',
    'gracePeriodSeconds=0',
    'dryRun=All',
    'orphanDependents=true',
  ],
};
const WRITE_QUERIES = [
  'dryRun=All',
  'dryRun=x',
  'fieldValidation=Strict',
  'fieldValidation=Ignore',
  'fieldManager=%0A',
  'force=true',
];
const DELETE_OPTIONS: readonly JsonObject[] = [
  {},
  { gracePeriodSeconds: 0 },
  { propagationPolicy: 'Foreground' },
  { propagationPolicy: 'x' },
  { preconditions: { uid: '$UID', resourceVersion: '1' } },
  { dryRun: ['All'] },
];

/** Makes requests that are nearly right of what is there already, so that two servers that agree stay in the same state. */
export class ComparedRequests {
  readonly #random: Random;
  readonly #values: SchemaValues;
  readonly #samples: ReadonlyMap<string, JsonObject>;
  readonly #namespace: string;

  constructor(random: Random, namespace: string) {
    this.#random = random;
    this.#namespace = namespace;
    this.#values = new SchemaValues(random);
    this.#samples = new Map(
      samples(namespace).map(({ kind, json }) => [`${json['apiVersion'] as string} ${kind}`, { ...json, status: {} }]),
    );
  }

  /** `current` reads what is at a path, without what differs from server to server. */
  async next(
    resource: ServedResource,
    current: (path: string) => Promise<JsonObject | undefined>,
  ): Promise<ComparedRequest> {
    const { pick, chance } = {
      pick: this.#values.pick.bind(this.#values),
      chance: this.#values.chance.bind(this.#values),
    };
    const verb = pick(resource.verbs.filter((one) => one in METHODS && (one !== 'delete' || chance(3))).concat('get'));
    const method = METHODS[verb]!;
    const [plural, subresource] = resource.name.split('/') as [string, string?];
    const collection = `${resource.root}${resource.namespaced ? `/namespaces/${this.#namespace}` : ''}/${plural}`;
    const of = `${collection}/${SAMPLE_NAME}`;
    const isWhole = subresource === undefined && (verb === 'create' || verb === 'list');
    const path = isWhole ? collection : [of, ...(subresource === undefined ? [] : [subresource])].join('/');
    const query = chance(3) ? [pick(QUERIES[method] ?? WRITE_QUERIES)] : [];
    const type = method === 'PATCH' ? `application/${pick(PATCH_TYPES)}` : 'application/json';
    if (type.includes('apply')) query.push('fieldManager=me', 'force=true');
    const there = method === 'PUT' || method === 'PATCH' ? await current(path) : undefined;
    const body =
      method === 'GET' || (method === 'DELETE' && chance(2)) ? undefined : this.#body(method, type, resource, there);
    return {
      method,
      path: query.length === 0 ? path : `${path}?${query.join('&')}`,
      of,
      type,
      body: body === undefined ? undefined : JSON.stringify(body),
    };
  }

  #body(method: string, type: string, resource: ServedResource, there: JsonObject | undefined): Json {
    if (method === 'DELETE') return this.#values.pick(DELETE_OPTIONS);
    const before = there ?? this.#valid(resource);
    if (type.includes('json-patch')) return jsonPatchOf(before, this.#random);
    const after = this.#changed(before);
    if (type.includes('apply')) delete (after['metadata'] as JsonObject | undefined)?.['resourceVersion'];
    return type.includes('merge-patch') ? difference(before, after) : after;
  }

  #valid({ root, name, kind, namespaced }: ServedResource): JsonObject {
    const apiVersion = root === '/api/v1' ? 'v1' : root.replace('/apis/', '');
    const other = OTHER_BODIES.find((body) => body['kind'] === kind);
    if (other !== undefined && !name.endsWith('/status')) return structuredClone(other);
    const schema = schemaOf(apiVersion, kind);
    const valid =
      this.#samples.get(`${apiVersion} ${kind}`) ?? (schema === undefined ? {} : this.#values.object(schema));
    const metadata = { ...(valid['metadata'] as JsonObject | undefined), name: SAMPLE_NAME };
    return {
      ...valid,
      apiVersion,
      kind,
      metadata: namespaced ? { ...metadata, namespace: this.#namespace } : metadata,
    };
  }

  #changed(object: JsonObject): JsonObject {
    const schema = schemaOf(object['apiVersion'] as string, object['kind'] as string);
    if (this.#values.chance(6)) return structuredClone(object);
    return schema === undefined || this.#values.chance(5)
      ? mutateJson(object, this.#random)
      : this.#values.changed(object, schema);
  }
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The merge patch that makes one of the other. */
function difference(before: JsonObject, after: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[name], after[name]];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    patch[name] = isObject(old) && isObject(now) ? difference(old, now) : (now ?? null);
  }
  return patch;
}
