import { schemas, type Schema } from '../schema/facts.ts';

/** What a strategic merge patch must know of a field, beyond the values. */
export interface PatchMeta {
  /** The definition of the field's value, or of the list's elements; undefined where the facts say nothing of it. */
  readonly schema: Schema | undefined;
  /** True where lists are merged and not replaced. */
  readonly merges: boolean;
  /** The member that tells the elements of a merged list apart; undefined for lists of scalars. */
  readonly mergeKey: string | undefined;
}

/** The definition that a name in the facts stands for. */
export const schemaNamed = (name: string): Schema | undefined => schemas[name];

/** What the definition of an object says of one of its fields. */
export function patchMeta(schema: Schema | undefined, field: string): PatchMeta {
  const properties = schema?.properties ?? {};
  const property = Object.hasOwn(properties, field) ? properties[field] : schema?.additionalProperties;
  return {
    schema: resolved(property?.items ?? property),
    merges: property?.['x-kubernetes-patch-strategy']?.split(',').includes('merge') === true,
    mergeKey: property?.['x-kubernetes-patch-merge-key'],
  };
}

const resolved = (schema: Schema | undefined): Schema | undefined =>
  schema?.$ref === undefined ? schema : schemas[schema.$ref];
