import { createHash } from 'node:crypto';
import { definitionsOf, ownName, type Describe } from './openapi-schemas.ts';
import { swaggerOf } from './openapi-v2.ts';
import { encodeSwagger } from './openapi-v2-protobuf.ts';
import { openApiPaths, type DescribedResource } from './openapi-paths.ts';

/** A document as it is sent, and the hash that its address in the index carries. */
export interface OpenApiDocument {
  readonly text: string;
  readonly hash: string;
}

/** The one document of the older version, in both forms that clients ask for. */
export interface SwaggerDocument extends OpenApiDocument {
  readonly protobuf: Buffer;
}

/**
 * The OpenAPI 3.0 documents of a set of resources, one for each group version, and that of version 2 with all of them; made out of the
 * recorded schemas when they are first asked for.
 */
export class OpenApi {
  readonly #resources: readonly DescribedResource[];
  readonly #byPath: ReadonlyMap<string, readonly DescribedResource[]>;
  readonly #describe: Describe;
  readonly #documents = new Map<string, OpenApiDocument>();
  #swagger: SwaggerDocument | undefined;

  constructor(resources: readonly DescribedResource[], describe: Describe) {
    // What has no schema cannot be described: a reference to it would lead nowhere.
    const described = resources
      .filter(({ schema, ownSchema }) => schema !== '' || ownSchema !== undefined)
      .map((of) => ({ ...of, schema: of.schema || ownName(of) }));
    this.#resources = described;
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

  /** `/openapi/v2`. */
  swagger(): SwaggerDocument {
    if (this.#swagger === undefined) {
      const document = swaggerOf(this.#resources, this.#describe);
      const hashes = [...this.#byPath.keys()].map((path) => this.hash(path));
      const [text, protobuf] = [JSON.stringify(document), encodeSwagger(document)];
      this.#swagger = { text, protobuf, hash: sha512(JSON.stringify(hashes)) };
    }
    return this.#swagger;
  }

  #make(resources: readonly DescribedResource[]): object {
    const { paths, schemas } = openApiPaths(resources);
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: '1.35' },
      paths,
      components: {
        schemas: definitionsOf(resources, schemas, this.#describe),
        securitySchemes: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
      },
    };
  }
}

/** Raise it when documents of the same resources come to look otherwise: clients keep them by their hash. */
const RECORDED = 'v1.35.4/3';

const sha512 = (text: string): string => createHash('sha512').update(text).digest('hex').toUpperCase();
