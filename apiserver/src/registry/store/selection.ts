import type { ApiObject, ParsedFieldSelector, ParsedLabelSelector, SelectableFields } from '@kubarium/shared';
import {
  badRequest,
  fieldSelectorMatches,
  parseFieldSelector,
  parseLabelSelector,
  requiredValue,
  SelectorError,
  selectorMatches,
} from '@kubarium/shared';
import type { ListQuery } from '../registry.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/** What a list or watch is narrowed to by label and field selectors. */
export class Selection {
  readonly #definition: ResourceDefinition;
  readonly #labels: ParsedLabelSelector;
  readonly #fields: ParsedFieldSelector;
  /** The same for selections of the same words, and so of the same objects; empty where everything is selected. */
  readonly key: string;

  /** Throws 400 for a selector that cannot be read or asks for a field that cannot be selected. */
  constructor(definition: ResourceDefinition, query: Pick<ListQuery, 'labelSelector' | 'fieldSelector'>) {
    this.#definition = definition;
    const { labelSelector = '', fieldSelector = '' } = query;
    this.key = labelSelector === '' && fieldSelector === '' ? '' : `${labelSelector}&${fieldSelector}`;
    try {
      this.#labels = parseLabelSelector(labelSelector);
      this.#fields = parseFieldSelector(fieldSelector);
    } catch (error) {
      throw error instanceof SelectorError ? badRequest(error.message) : error;
    }
    for (const { field } of this.#fields) {
      if (!definition.fieldSelectors.includes(field)) throw badRequest(unknownField(definition, field));
    }
  }

  /** True where everything is selected. */
  get isEverything(): boolean {
    return this.#labels.length === 0 && this.#fields.length === 0;
  }

  /** The one value of a field that is selected, if the selection says so. */
  required(field: string): string | undefined {
    return requiredValue(this.#fields, field);
  }

  matches(object: ApiObject): boolean {
    return (
      (this.#labels.length === 0 || selectorMatches(this.#labels, object.metadata.labels)) &&
      (this.#fields.length === 0 || fieldSelectorMatches(this.#fields, selectableFields(this.#definition, object)))
    );
  }
}

const METADATA_FIELDS = ['metadata.name', 'metadata.namespace'];

/** Kinds with fields of their own word it differently from those with metadata only. */
function unknownField({ fieldSelectors }: ResourceDefinition, field: string): string {
  const isPlain = fieldSelectors.length === 2 && METADATA_FIELDS.every((name) => fieldSelectors.includes(name));
  return isPlain
    ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${field}`;
}

const fieldsOfObjects = new WeakMap<ApiObject, SelectableFields>();

/** What field selectors see of an object. Computed once for each version of it, however many watchers ask. */
export function selectableFields(definition: ResourceDefinition, object: ApiObject): SelectableFields {
  let fields = fieldsOfObjects.get(object);
  if (fields === undefined) {
    const { name, namespace } = object.metadata;
    fields = {
      'metadata.name': name,
      'metadata.namespace': namespace ?? '',
      ...definition.strategy.selectableFields?.(object),
    };
    fieldsOfObjects.set(object, fields);
  }
  return fields;
}
