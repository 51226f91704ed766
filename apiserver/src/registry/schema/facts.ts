import { readFileSync } from 'node:fs';

/**
 * The recorded facts about the Kubernetes API (apiserver/facts/*.json). What every cluster asks for is read with this module, the
 * rest at its first use.
 */
export interface Schema {
  readonly type?: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string' | undefined;
  readonly format?: string | undefined;
  readonly default?: unknown;
  readonly enum?: readonly string[] | undefined;
  readonly required?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: Schema | undefined;
  /** The bare name of another definition. */
  readonly $ref?: string | undefined;
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[] | undefined;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set' | undefined;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[] | undefined;
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular' | undefined;
  readonly 'x-kubernetes-patch-strategy'?: string | undefined;
  readonly 'x-kubernetes-patch-merge-key'?: string | undefined;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** How Go spells a struct's fields in JSON: name, type, flags (`e` omitempty, `z` omitzero, `i` inlined struct). */
export type GoField = readonly [name: string, type: string, flags?: string];

export interface GoTypes {
  readonly structs: Readonly<Record<string, readonly GoField[]>>;
  /** What a named type that is no struct stands for. */
  readonly named: Readonly<Record<string, string>>;
  /** Every kind that the real server knows, by `group/version`, alpha and beta ones included. */
  readonly kinds: Readonly<Record<string, readonly string[]>>;
}

/** A field of a protobuf message: JSON name, number, type, label (`repeated`, `map`, ...). */
export type ProtobufField = readonly [name: string, number: number, type: string, label: string];

/** OpenAPI definitions by name, such as `io.k8s.api.core.v1.Pod`. */
export const schemas = read<Readonly<Record<string, Schema>>>('schemas');
export const goTypes = read<GoTypes>('go-types');
/** Protobuf messages by name, such as `k8s.io.api.core.v1.Pod`. */
export const protobufMessages = once(() => read<Readonly<Record<string, readonly ProtobufField[]>>>('protobuf'));

/** The name of the definition of a kind, or undefined where the facts have none. */
export function schemaOfKind(group: string, version: string, kind: string): string | undefined {
  return schemaNames.get(`${group}/${version}/${kind}`);
}

/** True where the real server knows the kind in that version, whether or not this one serves it. */
export function isRegisteredKind(group: string, version: string, kind: string): boolean {
  const kinds = goTypes.kinds;
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return Object.hasOwn(kinds, groupVersion) && kinds[groupVersion]!.includes(kind);
}

const schemaNames: ReadonlyMap<string, string> = new Map(
  Object.entries(schemas).flatMap(([name, { 'x-kubernetes-group-version-kind': kinds = [] }]) =>
    kinds.map(({ group, version, kind }) => [`${group}/${version}/${kind}`, name] as const),
  ),
);

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../facts/${name}.json`, import.meta.url), 'utf8')) as T;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
