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
  readonly #labels: ParsedLabelSelector;
  readonly #fields: ParsedFieldSelector;
  readonly #readFields: SelectableFields<ApiObject>;
  /** The same for selections of the same words, and so of the same objects; empty where everything is selected. */
  readonly key: string;

  /** Throws 400 for a selector that cannot be read or asks for a field that cannot be selected. */
  constructor(definition: ResourceDefinition, query: Pick<ListQuery, 'labelSelector' | 'fieldSelector'>) {
    const { labelSelector = '', fieldSelector = '' } = query;
    this.key = labelSelector === '' && fieldSelector === '' ? '' : `${labelSelector}&${fieldSelector}`;
    const { labels, fields } = parseSelectors(labelSelector, fieldSelector);
    this.#labels = labels;
    this.#fields = fields;
    for (const { field } of this.#fields) {
      if (!definition.fieldSelectors.includes(field)) throw badRequest(unknownField(definition, field));
    }
    this.#readFields = this.#fields.length === 0 ? {} : fieldsOf(definition);
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
      (this.#fields.length === 0 || fieldSelectorMatches(this.#fields, this.#readFields, object))
    );
  }
}

/** Throws 400 for what cannot be read. */
export function parseSelectors(
  labelSelector: string,
  fieldSelector: string,
): { readonly labels: ParsedLabelSelector; readonly fields: ParsedFieldSelector } {
  try {
    return { labels: parseLabelSelector(labelSelector), fields: parseFieldSelector(fieldSelector) };
  } catch (error) {
    throw error instanceof SelectorError ? badRequest(error.message) : error;
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

const EVERY_KINDS_FIELDS: SelectableFields<ApiObject> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace ?? '',
};

/** What field selectors see of a resource's objects. */
const fieldsOf = ({ strategy }: ResourceDefinition): SelectableFields<ApiObject> => ({
  ...EVERY_KINDS_FIELDS,
  ...strategy.selectableFields,
});

/** The field of a resource by which its objects are found without looking at all of them. */
export class IndexedField {
  readonly #name: string;
  readonly #read: SelectableFields<ApiObject>[string];

  constructor(name: string, definition: ResourceDefinition) {
    this.#name = name;
    this.#read = fieldsOf(definition)[name]!;
  }

  /** Undefined where the resource has none. */
  static of(definition: ResourceDefinition): IndexedField | undefined {
    const { indexedField } = definition.strategy;
    return indexedField === undefined ? undefined : new IndexedField(indexedField, definition);
  }

  valueOf(object: ApiObject): string {
    return String(this.#read(object));
  }

  /** The value that all selected objects have; undefined where the selection does not ask for one. */
  requiredBy(selection: Selection): string | undefined {
    return selection.required(this.#name);
  }
}
