import { isObject } from '../json.ts';
import { schemas, type Schema } from '../schema/facts.ts';

/** How the elements of a list are told apart when several managers own parts of it (KEP-555; `x-kubernetes-list-type`). */
export type ListKind =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] };

/** A value's type as far as server-side apply must know it. */
export interface ValueType {
  /** The definition that the value's fields are looked up in. */
  readonly schema: Schema | undefined;
  /** True where the value is owned as a whole. */
  readonly isAtomic: boolean;
  readonly list: ListKind;
}

/** The type of an object by the name of its definition. */
export const typeNamed = (name: string): ValueType => typeOf(schemas[name]);

/** The type of a field of an object, or of a value of a map. */
export function fieldType({ schema }: ValueType, name: string): ValueType {
  const properties = schema?.properties ?? {};
  return typeOf(Object.hasOwn(properties, name) ? properties[name] : schema?.additionalProperties);
}

/** The type of a list's elements. */
export const elementType = ({ schema }: ValueType): ValueType => typeOf(schema?.items);

function typeOf(property: Schema | undefined): ValueType {
  const schema = property?.$ref === undefined ? property : schemas[property.$ref];
  const isAtomic = (property?.['x-kubernetes-map-type'] ?? schema?.['x-kubernetes-map-type']) === 'atomic';
  const keys = property?.['x-kubernetes-list-map-keys'];
  const listType = property?.['x-kubernetes-list-type'];
  const list: ListKind =
    listType === 'map' && keys !== undefined
      ? { kind: 'map', keys }
      : listType === 'set'
        ? { kind: 'set' }
        : { kind: 'atomic' };
  return { schema, isAtomic, list };
}

/**
 * What names an element in its list, as FieldsV1 spells it: `k:{"name":"web"}` or `v:"value"`. A key that the element leaves out has
 * its default (`protocol` of a port).
 */
export function elementKey(list: Exclude<ListKind, { kind: 'atomic' }>, type: ValueType, element: unknown): string {
  if (list.kind === 'set') return `v:${JSON.stringify(element)}`;
  const object = isObject(element) ? element : {};
  const { schema } = elementType(type);
  const key = Object.fromEntries(
    list.keys.toSorted().flatMap((name) => {
      const value = object[name] ?? schema?.properties?.[name]?.default;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return `k:${JSON.stringify(key)}`;
}
