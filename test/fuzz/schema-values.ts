import { readFileSync } from 'node:fs';
import type { Random } from '@kubarium/shared';
import type { Json, JsonObject } from './samples.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

const SCHEMAS = JSON.parse(
  readFileSync(new URL('../../apiserver/facts/schemas.json', import.meta.url), 'utf8'),
) as Record<string, Schema>;

const SCHEMA_OF_KIND = new Map(
  Object.values(SCHEMAS).flatMap((schema) =>
    (schema['x-kubernetes-group-version-kind'] ?? []).map(
      ({ group, version, kind }) => [`${group === '' ? version : `${group}/${version}`} ${kind}`, schema] as const,
    ),
  ),
);

export const schemaOf = (apiVersion: string, kind: string): Schema | undefined =>
  SCHEMA_OF_KIND.get(`${apiVersion} ${kind}`);

const MAX_DEPTH = 7;
/** What the server fills in, or what has no schema. */
const LEFT_ALONE = new Set([
  'managedFields',
  'deletionTimestamp',
  'creationTimestamp',
  'selfLink',
  'kind',
  'apiVersion',
]);

const TEXTS = (
  'a sample b app c data http TCP None Always example.com/x example.com *.example.com / /a /a/../b ../x -a a- 50% 101% default v1 ' +
  'Pod Service true 10.0.0.1 10.0.0.0/8 0.0.0.0 127.0.0.1 ::1 metadata.name limits.cpu In Exists NoExecute RuntimeDefault Localhost'
)
  .split(' ')
  .concat('', 'A B', 'a\nb', 'x'.repeat(64), 'x'.repeat(254), 'grüße');
const NUMBERS = [0, 1, -1, 2, 30, 80, 420, 512, 8080, 65_535, 65_536, 86_401, 2_147_483_647];
const KEYS = ['a', 'app', 'example.com/x', 'A B', '', 'cpu', 'memory', 'ephemeral-storage', 'hugepages-2Mi', 'foo'];
const OF_TYPE: Readonly<Record<string, readonly Json[]>> = {
  Quantity: ['100m', '1Gi', '-1', '0', '1.5', '64Mi', 1, 'x', ''],
  IntOrString: [80, 'http', '50%', 0, -1, 65_536, '', '101%'],
  Time: ['2026-01-01T00:00:00Z', '2026-01-01', '', null],
  MicroTime: ['2026-01-01T00:00:00.000001Z', 'x', null],
};
const OF_NAME: Readonly<Record<string, readonly Json[]>> = {
  uid: ['$UID', 'x', ''],
  resourceVersion: ['$VERSION', '1', 'x', '0', ''],
  generateName: ['gen-', 'Bad_'],
  finalizers: [['example.com/x'], ['x'], ['foregroundDeletion', 'orphan'], []],
  operator: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Equal', 'Gt', 'x', ''],
  effect: ['NoSchedule', 'PreferNoSchedule', 'NoExecute', 'x', ''],
  cidr: ['10.0.0.0/8', '10.0.0.1/8', 'x', 'fd00::/64'],
  mountPath: ['/a', '/b', 'a', '/a:b', ''],
  clusterIP: ['None', 'x', ''],
  replicas: [0, 1, -1],
};

/** Makes values that a schema allows, or nearly: by the type of a field and by what its name stands for. */
export class SchemaValues {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.#random.integer(from.length)]!;
  }

  /** True once in `times`. */
  chance(times: number): boolean {
    return this.#random.integer(times) === 0;
  }

  /** An object with some of the fields of a schema, and nearly always those that it requires. */
  object({ properties = {}, required = [] }: Schema, depth = 0): JsonObject {
    const fields = Object.entries(properties).filter(([name]) => !LEFT_ALONE.has(name));
    const object: JsonObject = {};
    for (const [name, schema] of fields) {
      const isLikely = required.includes(name)
        ? !this.chance(12)
        : this.chance(2 + depth + Math.min(fields.length, 8) / 2);
      if (isLikely && depth < MAX_DEPTH) object[name] = this.#value(schema, name, depth + 1);
    }
    return object;
  }

  /** A copy with one to three of the fields that its schema knows set or left out. */
  changed(original: JsonObject, schema: Schema): JsonObject {
    const copy = structuredClone(original);
    for (let changes = this.pick([1, 1, 1, 2, 3]); changes > 0; changes--) {
      const { object, schema: known } = this.pick(places(copy, schema));
      const [name, field] = this.pick(Object.entries(known.properties!).filter(([key]) => !LEFT_ALONE.has(key)));
      if (this.chance(8)) delete object[name];
      else object[name] = this.#value(field, name, 1);
    }
    return copy;
  }

  #value(schema: Schema, name: string, depth: number): Json {
    const named = OF_NAME[name];
    if (named !== undefined && !this.chance(8)) return structuredClone(this.pick(named));
    if (schema.$ref !== undefined) {
      const typed = OF_TYPE[schema.$ref.split('.').at(-1)!];
      return typed === undefined ? this.object(SCHEMAS[schema.$ref]!, depth) : this.pick(typed);
    }
    switch (schema.type) {
      case 'string':
        return schema.enum !== undefined && !this.chance(6) ? this.pick(schema.enum) : this.pick(TEXTS);
      case 'integer':
      case 'number':
        return this.pick(NUMBERS);
      case 'boolean':
        return this.chance(2);
      case 'array': {
        const items = Array.from({ length: this.pick([0, 1, 1, 2]) }, () => this.#value(schema.items!, '', depth + 1));
        return this.chance(4) ? [...items, ...structuredClone(items)] : items;
      }
      default: {
        const { additionalProperties: values } = schema;
        if (values === undefined) return this.object(schema, depth);
        return Object.fromEntries([1, 2].map(() => [this.pick(KEYS), this.#value(values, '', depth + 1)]));
      }
    }
  }
}

/** All objects within a value that a schema has fields for. */
function places(value: Json, unresolved: Schema): { object: JsonObject; schema: Schema }[] {
  const schema = unresolved.$ref === undefined ? unresolved : SCHEMAS[unresolved.$ref]!;
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return schema.items === undefined ? [] : value.flatMap((item) => places(item, schema.items!));
  const { properties } = schema;
  if (properties === undefined) return [];
  const inner = Object.entries(value).flatMap(([name, member]) =>
    properties[name] === undefined || LEFT_ALONE.has(name) ? [] : places(member, properties[name]),
  );
  return [{ object: value, schema }, ...inner];
}
