import { openApiPaths, type DescribedResource, type Operation, type PathItem } from './openapi-paths.ts';
import { definitionsOf, type Describe } from './openapi-schemas.ts';

/** Swagger 2.0, as far as `/openapi/v2` needs it. Source: the OpenAPI Specification, version 2.0, and what the real server sends. */
export interface Swagger {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, SwaggerPath>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
  readonly securityDefinitions: Readonly<Record<string, SwaggerApiKey>>;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface SwaggerApiKey {
  readonly type: 'apiKey';
  readonly name: string;
  readonly in: string;
}

export interface SwaggerSchema {
  readonly $ref?: string | undefined;
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  readonly required?: readonly string[] | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly items?: SwaggerSchema | undefined;
  readonly additionalProperties?: SwaggerSchema | undefined;
  readonly properties?: Readonly<Record<string, SwaggerSchema>> | undefined;
  readonly [extension: `x-${string}`]: unknown;
}

export type SwaggerMethod = 'get' | 'put' | 'post' | 'delete' | 'patch';

export type SwaggerPath = Readonly<Partial<Record<SwaggerMethod, SwaggerOperation>>> & {
  readonly parameters: readonly SwaggerParameter[];
};

export interface SwaggerOperation {
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly schemes: readonly string[];
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly parameters?: readonly SwaggerParameter[] | undefined;
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: SwaggerSchema }>>;
  readonly [extension: `x-${string}`]: unknown;
}

export type SwaggerParameter =
  | { readonly name: string; readonly in: 'body'; readonly required?: boolean; readonly schema: SwaggerSchema }
  | {
      readonly name: string;
      readonly in: 'query' | 'path';
      readonly required?: boolean;
      readonly type: string;
      readonly uniqueItems: true;
    };

export const METHODS: readonly SwaggerMethod[] = ['get', 'put', 'post', 'delete', 'patch'];

/** All resources in one document of the older version: what the documents of version 3 say, in its words. */
export function swaggerOf(resources: readonly DescribedResource[], describe: Describe): Swagger {
  const { paths, schemas } = openApiPaths(resources);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.35' },
    paths: mapValues(paths, swaggerPath),
    definitions: mapValues(definitionsOf(resources, schemas, describe), swaggerSchema),
    securityDefinitions: { BearerToken: { type: 'apiKey', name: 'authorization', in: 'header' } },
    security: [{ BearerToken: [] }],
  };
}

const mapValues = <A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));

function swaggerPath({ parameters, ...operations }: PathItem): SwaggerPath {
  return { ...mapValues(operations, swaggerOperation), parameters: parameters.map(swaggerParameter) };
}

function swaggerOperation({ parameters = [], requestBody, responses, ...rest }: Operation): SwaggerOperation {
  const bodies = Object.entries(requestBody?.content ?? {});
  const body: SwaggerParameter[] = bodies.slice(0, 1).map(([, { schema }]) => ({
    name: 'body',
    in: 'body',
    ...(requestBody?.required === true && { required: true }),
    schema: swaggerSchema(schema),
  }));
  const all = [...body, ...parameters.map(swaggerParameter)];
  return {
    ...rest,
    consumes: bodies.length === 0 ? ['*/*'] : bodies.map(([type]) => type),
    produces: ['application/json', 'application/yaml'],
    schemes: ['https'],
    ...(all.length > 0 && { parameters: all }),
    responses: mapValues(responses, ({ description, content }) => {
      const answer = content?.['application/json'];
      return { description, ...(answer !== undefined && { schema: swaggerSchema(answer.schema) }) };
    }),
  };
}

const swaggerParameter = ({ name, in: place, required, schema }: PathItem['parameters'][number]): SwaggerParameter => ({
  name,
  in: place,
  ...(required === true && { required }),
  type: schema.type,
  uniqueItems: true,
});

/** Here a reference may have company, and there are no defaults. */
function swaggerSchema(schema: object): SwaggerSchema {
  const { $ref, allOf, items, additionalProperties, properties, default: _, ...rest } = schema as Version3Schema;
  const target = $ref ?? allOf?.[0]?.$ref;
  return {
    ...rest,
    ...(target !== undefined && { $ref: target.replace('#/components/schemas/', '#/definitions/') }),
    ...(items !== undefined && { items: swaggerSchema(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: swaggerSchema(additionalProperties) }),
    ...(properties !== undefined && { properties: mapValues(properties, swaggerSchema) }),
  };
}

type Version3Schema = SwaggerSchema & {
  readonly default?: unknown;
  readonly allOf?: readonly { readonly $ref: string }[] | undefined;
};
