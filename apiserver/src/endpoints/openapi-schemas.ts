import type { KindSchema } from '../registry/resource-definition.ts';
import { schemas, type GroupVersionKind, type Schema } from '../registry/schema/facts.ts';

/** The descriptions of a definition and its fields; absent where nobody has them. */
export interface Descriptions {
  /** Of the definition as a whole. */
  readonly description?: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
}

/** Finds the descriptions of a definition by its name. */
export type Describe = (schema: string) => Descriptions | undefined;

const REFERENCE = '#/components/schemas/';

/** A reference to a definition in an OpenAPI document. */
export const reference = (schema: string): { readonly $ref: string } => ({ $ref: `${REFERENCE}${schema}` });

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** What the definition of a kind of our own is called, as the real server names those of custom resources. */
export const ownName = ({ group, version, kind }: GroupVersionKind): string =>
  [...group.split('.').toReversed(), version, kind].join('.');

/** The definition of a kind of our own. */
const ownDefinition = (
  { group, version, kind }: GroupVersionKind,
  { description, spec, status }: KindSchema,
): object => ({
  type: 'object',
  description,
  properties: {
    apiVersion: { type: 'string', description: `${group}/${version}` },
    kind: { type: 'string', description: kind },
    metadata: reference(OBJECT_META),
    spec,
    status,
  },
  'x-kubernetes-group-version-kind': [{ group, version, kind }],
});

/** All definitions that some operations of resources refer to, and what those refer to in turn, by name. */
export function definitionsOf(
  resources: readonly (GroupVersionKind & { readonly schema: string; readonly ownSchema?: KindSchema | undefined })[],
  schemas: readonly string[],
  describe: Describe,
): Record<string, object> {
  const own = resources.flatMap((of) =>
    of.ownSchema === undefined ? [] : [[of.schema, ownDefinition(of, of.ownSchema)] as const],
  );
  const recorded = closure(own.length === 0 ? schemas : [...schemas, OBJECT_META]);
  return Object.fromEntries([...recorded.map((name) => [name, openApiSchema(name, describe)] as const), ...own]);
}

/** The names of definitions and of all that they refer to, in alphabetical order. */
function closure(names: Iterable<string>): string[] {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = schemas[name];
    if (schema === undefined || found.has(name)) continue;
    found.add(name);
    open.push(...references(schema));
  }
  return [...found].sort();
}

const references = (schema: Schema): string[] => [
  ...(schema.$ref === undefined ? [] : [schema.$ref]),
  ...[schema.items, schema.additionalProperties, ...Object.values(schema.properties ?? {})].flatMap((part) =>
    part === undefined ? [] : references(part),
  ),
];

/** What may be written in either of two ways, which the recorded schemas, being those of OpenAPI 2, call a string. */
const UNIONS: Readonly<Record<string, object>> = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

/** A recorded definition as `components.schemas` of OpenAPI 3.0 spells it, with its descriptions where there are any. */
function openApiSchema(name: string, describe: Describe): object {
  const schema = schemas[name]!;
  const descriptions = describe(name);
  const written: Record<string, unknown> = { ...(UNIONS[name] ?? spelled(schema)) };
  if (descriptions?.description !== undefined) written['description'] = descriptions.description;
  if (schema.properties !== undefined && descriptions !== undefined) {
    written['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([field, property]) => [
        field,
        spelled(property, Object.hasOwn(descriptions.fields, field) ? descriptions.fields[field] : undefined),
      ]),
    );
  }
  return written;
}

/** OpenAPI 3.0 lets nothing stand beside a `$ref`: with company it goes into an `allOf`. */
function spelled({ $ref, items, additionalProperties, properties, ...rest }: Schema, description?: string): object {
  const facts = { ...(description === undefined ? {} : { description }), ...rest };
  if ($ref !== undefined) {
    return Object.keys(facts).length === 0 ? reference($ref) : { ...facts, allOf: [reference($ref)] };
  }
  return {
    ...facts,
    ...(items === undefined ? {} : { items: spelled(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: spelled(additionalProperties) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([field, property]) => [field, spelled(property)]),
          ),
        }),
  };
}
