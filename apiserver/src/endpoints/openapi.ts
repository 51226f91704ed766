import { createHash } from 'node:crypto';
import { closure, OBJECT_META, openApiSchema, ownDefinition, ownName, type Describe } from './openapi-schemas.ts';
import { openApiPaths, type DescribedResource } from './openapi-paths.ts';

/** A document as it is sent, and the hash that its address in the index carries. */
export interface OpenApiDocument {
  readonly text: string;
  readonly hash: string;
}

/**
 * The OpenAPI 3.0 documents of a set of resources: one for each group version, made out of the recorded schemas when it is
 * first asked for.
 */
export class OpenApi {
  readonly #byPath: ReadonlyMap<string, readonly DescribedResource[]>;
  readonly #describe: Describe;
  readonly #documents = new Map<string, OpenApiDocument>();

  constructor(resources: readonly DescribedResource[], describe: Describe) {
    // What has no schema cannot be described: a reference to it would lead nowhere.
    const described = resources
      .filter(({ schema, ownSchema }) => schema !== '' || ownSchema !== undefined)
      .map((of) => ({ ...of, schema: of.schema || ownName(of) }));
    this.#byPath = Map.groupBy(described, ({ group, version }) =>
      group === '' ? `api/${version}` : `apis/${group}/${version}`,
    );
    this.#describe = describe;
  }

  /** `/openapi/v3`: where each document is. The hash stands for the resources, so that no document need be made for it. */
  index(): object {
    return {
      paths: Object.fromEntries(
        [...this.#byPath.keys()]
          .sort()
          .map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${this.hash(path)}` }]),
      ),
    };
  }

  /** What changes when the resources under a path change; undefined where there are none. */
  hash(path: string): string | undefined {
    const resources = this.#byPath.get(path);
    if (resources === undefined) return undefined;
    const told = resources.map(({ resource, kind, namespaced, verbs, subresources, schema, ownSchema }) => [
      resource,
      kind,
      namespaced,
      verbs,
      Object.keys(subresources),
      schema,
      ownSchema,
    ]);
    return sha512(JSON.stringify([RECORDED, path, told]));
  }

  /** The document of a group version by its path in the index (`apis/apps/v1`); undefined where there is none. */
  document(path: string): OpenApiDocument | undefined {
    const resources = this.#byPath.get(path);
    if (resources === undefined) return undefined;
    let document = this.#documents.get(path);
    if (document === undefined) {
      document = { text: JSON.stringify(this.#make(resources)), hash: this.hash(path)! };
      this.#documents.set(path, document);
    }
    return document;
  }

  #make(resources: readonly DescribedResource[]): object {
    const { paths, schemas } = openApiPaths(resources);
    const own = resources.flatMap((of) =>
      of.ownSchema === undefined ? [] : [[of.schema, ownDefinition(of, of.ownSchema)] as const],
    );
    const recorded = closure(own.length === 0 ? schemas : [...schemas, OBJECT_META]);
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: '1.35' },
      paths,
      components: {
        schemas: Object.fromEntries([
          ...recorded.map((name) => [name, openApiSchema(name, this.#describe)] as const),
          ...own,
        ]),
        securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
      },
    };
  }
}

/** Raise it when documents of the same resources come to look otherwise: clients keep them by their hash. */
const RECORDED = 'v1.35.4/2';

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();
