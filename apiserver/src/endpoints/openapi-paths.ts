import type { ResourceDefinition, SubresourceDefinition } from '../registry/resource-definition.ts';
import { schemaOfKind, type GroupVersionKind } from '../registry/schema/facts.ts';
import { reference } from './openapi-schemas.ts';

/** What OpenAPI needs of a resource. */
export type DescribedResource = Pick<
  ResourceDefinition,
  'group' | 'version' | 'resource' | 'kind' | 'namespaced' | 'verbs' | 'subresources' | 'schema' | 'ownSchema'
>;

/** A media type's body. */
interface Content {
  readonly schema: { readonly $ref: string };
}

interface DescribedParameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly required?: boolean;
  readonly schema: { readonly type: string; readonly uniqueItems: true };
}

export interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>>; readonly required?: boolean };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, Content>> }>
  >;
  readonly 'x-kubernetes-action': string;
  readonly 'x-kubernetes-group-version-kind': GroupVersionKind;
}

type Operations = Readonly<Partial<Record<'get' | 'put' | 'post' | 'delete' | 'patch', Operation>>>;

export type PathItem = Operations & { readonly parameters: readonly DescribedParameter[] };

export interface OpenApiPaths {
  readonly paths: Readonly<Record<string, PathItem>>;
  /** The definitions that the operations refer to. */
  readonly schemas: readonly string[];
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const STATUS = `${META}.Status`;
const DELETE_OPTIONS = `${META}.DeleteOptions`;
const PATCH = `${META}.Patch`;

const PATCH_CONTENT = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** A query parameter: name, type. */
type Parameter = readonly [name: string, type: 'boolean' | 'integer' | 'string'];

const WRITE: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
];
const DELETE: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['gracePeriodSeconds', 'integer'],
  ['orphanDependents', 'boolean'],
  ['propagationPolicy', 'string'],
];
const LIST: readonly Parameter[] = [
  ['allowWatchBookmarks', 'boolean'],
  ['continue', 'string'],
  ['fieldSelector', 'string'],
  ['labelSelector', 'string'],
  ['limit', 'integer'],
  ['resourceVersion', 'string'],
  ['resourceVersionMatch', 'string'],
  ['sendInitialEvents', 'boolean'],
  ['timeoutSeconds', 'integer'],
  ['watch', 'boolean'],
];

/**
 * The paths of the resources of one group version, with an operation for each verb served.
 * Simplified: parameters and operations have no descriptions; streaming subresources (exec, log, proxy, ...) and the deprecated
 * `/watch/` paths are left out.
 */
export function openApiPaths(resources: readonly DescribedResource[]): OpenApiPaths {
  const schemas = new Set<string>();
  const paths: Record<string, PathItem> = {};
  for (const of of resources) {
    const scopes = of.namespaced
      ? [`${root(of)}/namespaces/{namespace}/${of.resource}`]
      : [`${root(of)}/${of.resource}`];
    const list = schemaOfKind(of.group, of.version, `${of.kind}List`);
    schemas.add(of.schema);
    if (list !== undefined) schemas.add(list);
    for (const collection of scopes) {
      paths[collection] = pathItem(collectionOperations(of, list), collection);
      if (of.verbs.includes('get'))
        paths[`${collection}/{name}`] = pathItem(objectOperations(of), `${collection}/{name}`);
      for (const [name, subresource] of Object.entries(of.subresources)) {
        const operations = subresourceOperations(of, name, subresource);
        if (operations === undefined) continue;
        schemas.add(operations.schema);
        const path = `${collection}/{name}/${name}`;
        paths[path] = pathItem(operations.operations, path);
      }
    }
    if (of.namespaced && of.verbs.includes('list')) {
      const everywhere = `${root(of)}/${of.resource}`;
      paths[everywhere] = pathItem(
        collectionOperations({ ...of, verbs: ['list'] }, list, 'ForAllNamespaces'),
        everywhere,
      );
    }
  }
  for (const schema of [STATUS, DELETE_OPTIONS, PATCH, `${META}.WatchEvent`]) schemas.add(schema);
  return {
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    schemas: [...schemas],
  };
}

const root = ({ group, version }: DescribedResource): string =>
  group === '' ? `/api/${version}` : `/apis/${group}/${version}`;

function pathItem(operations: Operations, path: string): PathItem {
  const parameters: DescribedParameter[] = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    schema: { type: 'string', uniqueItems: true },
  }));
  const pretty: DescribedParameter = { name: 'pretty', in: 'query', schema: { type: 'string', uniqueItems: true } };
  return { ...operations, parameters: [...parameters, pretty] };
}

function collectionOperations(of: DescribedResource, list: string | undefined, suffix = ''): Operations {
  const kind = { group: of.group, version: of.version, kind: of.kind };
  const about = { of, kind, suffix };
  return {
    ...(of.verbs.includes('list') ? { get: operation(about, 'list', LIST, { answers: list ?? of.schema }) } : {}),
    ...(of.verbs.includes('create')
      ? { post: operation(about, 'post', WRITE, { answers: of.schema, takes: of.schema, codes: CREATED }) }
      : {}),
    ...(of.verbs.includes('deletecollection')
      ? {
          delete: operation(about, 'deletecollection', [...LIST.filter(([name]) => name !== 'watch'), ...DELETE], {
            answers: STATUS,
            takes: DELETE_OPTIONS,
          }),
        }
      : {}),
  };
}

function objectOperations(of: DescribedResource): Operations {
  const about = { of, kind: { group: of.group, version: of.version, kind: of.kind }, suffix: '' };
  return {
    get: operation(about, 'get', [], { answers: of.schema }),
    ...(of.verbs.includes('update')
      ? { put: operation(about, 'put', WRITE, { answers: of.schema, takes: of.schema, codes: ['200', '201'] }) }
      : {}),
    ...(of.verbs.includes('delete')
      ? {
          delete: operation(about, 'delete', DELETE, { answers: STATUS, takes: DELETE_OPTIONS, codes: ['200', '202'] }),
        }
      : {}),
    ...(of.verbs.includes('patch')
      ? {
          patch: operation(about, 'patch', [...WRITE, ['force', 'boolean']], {
            answers: of.schema,
            takes: PATCH,
            codes: ['200', '201'],
          }),
        }
      : {}),
  };
}

/** Those of a subresource that takes and gives objects; undefined for one that streams. */
function subresourceOperations(
  of: DescribedResource,
  name: string,
  { kind, group = of.group, version = of.version, verbs }: SubresourceDefinition,
): { schema: string; operations: Operations } | undefined {
  const schema = schemaOfKind(group, version, kind);
  if (schema === undefined || name === 'log') return undefined;
  const about = { of, kind: { group, version, kind }, suffix: `${name.charAt(0).toUpperCase()}${name.slice(1)}` };
  const operations: Operations = {
    ...(verbs.includes('get') ? { get: operation(about, 'get', [], { answers: schema }) } : {}),
    ...(verbs.includes('create')
      ? { post: operation(about, 'post', WRITE, { answers: schema, takes: schema, codes: CREATED }) }
      : {}),
    ...(verbs.includes('update')
      ? { put: operation(about, 'put', WRITE, { answers: schema, takes: schema, codes: ['200', '201'] }) }
      : {}),
    ...(verbs.includes('patch')
      ? {
          patch: operation(about, 'patch', [...WRITE, ['force', 'boolean']], {
            answers: schema,
            takes: PATCH,
            codes: ['200', '201'],
          }),
        }
      : {}),
  };
  return { schema, operations };
}

const CREATED = ['200', '201', '202'];
const REASONS: Readonly<Record<string, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
const WORDS: Readonly<Record<string, string>> = {
  list: 'list',
  post: 'create',
  deletecollection: 'deleteCollection',
  get: 'read',
  put: 'replace',
  delete: 'delete',
  patch: 'patch',
};

interface About {
  readonly of: DescribedResource;
  readonly kind: GroupVersionKind;
  readonly suffix: string;
}

function operation(
  { of, kind, suffix }: About,
  action: string,
  parameters: readonly Parameter[],
  body: { readonly answers: string; readonly takes?: string; readonly codes?: readonly string[] },
): Operation {
  const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const group = of.group === '' ? 'core' : of.group.replace(/\.k8s\.io$/, '').split('.')[0]!;
  const scope = of.namespaced && suffix !== 'ForAllNamespaces' ? 'Namespaced' : '';
  const answer = {
    content: Object.fromEntries(
      ['application/json', 'application/yaml'].map((type) => [type, { schema: reference(body.answers) }]),
    ),
  };
  const takes = action === 'patch' ? PATCH_CONTENT : ['*/*'];
  return {
    tags: [`${group}_${of.version}`],
    operationId: `${WORDS[action]}${title(group)}${title(of.version)}${scope}${of.kind}${suffix}`,
    ...(parameters.length === 0
      ? {}
      : { parameters: parameters.map(([name, type]) => ({ name, in: 'query', schema: { type, uniqueItems: true } })) }),
    ...(body.takes === undefined
      ? {}
      : {
          requestBody: {
            content: Object.fromEntries(takes.map((type) => [type, { schema: reference(body.takes!) }])),
            ...(body.takes === DELETE_OPTIONS ? {} : { required: true }),
          },
        }),
    responses: {
      ...Object.fromEntries((body.codes ?? ['200']).map((code) => [code, { description: REASONS[code]!, ...answer }])),
      401: { description: 'Unauthorized' },
    },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kind,
  };
}
