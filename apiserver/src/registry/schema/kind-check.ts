import { apiVersionOf } from '@kubarium/shared';
import { jsonType } from './decode-flaws.ts';
import { isRegisteredKind, schemaOfKind, type GroupVersionKind } from './facts.ts';
import { structPlan, type StructPlan } from './type-plan.ts';

/** What a body or a patched object is to become. A ResourceDefinition is one. */
export interface DecodeTarget extends GroupVersionKind {
  /** The name of the schema in the facts: `io.k8s.api.core.v1.Pod`. */
  readonly schema: string;
}

/** The target for a kind by its name alone: bodies of subresources such as `policy/v1` `Eviction`. */
export function decodeTarget(group: string, version: string, kind: string): DecodeTarget | undefined {
  const schema = schemaOfKind(group, version, kind);
  return schema === undefined ? undefined : { group, version, kind, schema };
}

export const isSameKind = (a: GroupVersionKind, b: GroupVersionKind): boolean =>
  a.kind === b.kind && a.group === b.group && a.version === b.version;

/** The kind that a value says it is, the target's where it says nothing; undefined where its apiVersion cannot be read. */
export function givenKind(target: GroupVersionKind, value: unknown): GroupVersionKind | undefined {
  const { apiVersion, kind } = (value ?? {}) as { apiVersion?: string | null; kind?: string | null };
  const named = kind === undefined || kind === null || kind === '' ? target.kind : kind;
  if (apiVersion === undefined || apiVersion === null || apiVersion === '') {
    return { group: target.group, version: target.version, kind: named };
  }
  const parts = apiVersion.split('/');
  if (parts.length > 2) return undefined;
  return parts.length === 1
    ? { group: '', version: parts[0]!, kind: named }
    : { group: parts[0]!, version: parts[1]!, kind: named };
}

/** The plan that a value of that kind is decoded by; undefined where the facts have none. */
export function planOfKind(target: DecodeTarget, given: GroupVersionKind): StructPlan | undefined {
  const schema = isSameKind(target, given) ? target.schema : schemaOfKind(given.group, given.version, given.kind);
  return schema === undefined ? undefined : structPlan(schema);
}

/** What the real server says of a kind that is not the one wanted; undefined where it is. */
export function kindFlaw(target: GroupVersionKind, given: GroupVersionKind): string | undefined {
  if (isSameKind(target, given)) return undefined;
  if (!isRegisteredKind(given.group, given.version, given.kind)) return notRegistered(given);
  if (given.kind === target.kind) {
    return `the API version in the data (${apiVersionOf(given)}) does not match the expected API version (${apiVersionOf(target)})`;
  }
  return `converting (${given.version}.${given.kind}) to (${internalPackage(target.group)}.${target.kind}): unknown conversion`;
}

export const notRegistered = ({ kind, ...gv }: GroupVersionKind): string =>
  `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersionOf(gv))} in scheme "pkg/runtime/scheme.go:111"`;

const internalPackage = (group: string): string => (group === '' ? 'core' : group.split('.', 1)[0]!);

const TYPE_META = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

/** What keeps the kind of a value from being read. */
export function typeMetaError(value: unknown): string | undefined {
  if (value === null) return undefined;
  const type = jsonType(value);
  if (type !== 'object') return `json: cannot unmarshal ${type} into Go value of type ${TYPE_META}`;
  for (const [name, member] of Object.entries(value as object)) {
    if ((name === 'apiVersion' || name === 'kind') && typeof member !== 'string' && member !== null) {
      return `json: cannot unmarshal ${jsonType(member)} into Go struct field .${name} of type string`;
    }
  }
  return undefined;
}
