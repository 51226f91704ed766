import { isObject, type Json } from '../json.ts';
import { goText } from '../schema/go-text.ts';
import { schemas, type Schema } from '../schema/facts.ts';
import { elementType, fieldType, type ListKind, type ValueType } from './typed-value.ts';

/** What may be written as a number or a string, and is looked at by nobody here. */
const UNTYPED: ReadonlySet<Schema | undefined> = new Set([
  undefined,
  schemas['io.k8s.apimachinery.pkg.api.resource.Quantity'],
  schemas['io.k8s.apimachinery.pkg.util.intstr.IntOrString'],
]);

/** As many as are told of other flaws of an object. */
const MAX_ERRORS = 100;

/**
 * What keeps a configuration from being merged, in the words of the real server's structured merge: values of another type, unknown
 * fields (the first one of each object), and elements of a list that have the same key. A hundred are told at most.
 */
export function typedErrors(configuration: unknown, root: ValueType): string[] {
  const errors: string[] = [];
  const add = (path: string, what: string): void => {
    if (errors.length < MAX_ERRORS) errors.push(`${path}: ${what}`);
  };
  walk(configuration, root, '');
  return errors;

  function walk(value: unknown, type: ValueType, path: string): void {
    const { schema } = type;
    if (value === null || value === undefined || UNTYPED.has(schema) || schema?.format === 'date-time') return;
    switch (schema?.type) {
      case 'string':
        if (typeof value !== 'string')
          add(path, `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
        break;
      case 'boolean':
        if (typeof value !== 'boolean') add(path, `expected boolean, got &{${goText(value)}}`);
        break;
      case 'integer':
      case 'number':
        if (typeof value !== 'number') add(path, `expected numeric (int or float), got ${kindOf(value)}`);
        break;
      case 'array':
        if (Array.isArray(value)) walkList(value, type, path);
        else add(path, `expected list, got &{${goText(value)}}`);
        break;
      default:
        if (isObject(value)) walkMap(value, type, path);
        else add(path, `expected map, got &{${goText(value)}}`);
    }
  }

  function walkMap(value: Json, type: ValueType, path: string): void {
    const { properties, additionalProperties } = type.schema ?? {};
    for (const name of Object.keys(value).sort()) {
      const isKnown = properties === undefined || Object.hasOwn(properties, name) || additionalProperties !== undefined;
      if (!isKnown) return add(`${path}.${name}`, 'field not declared in schema');
      walk(value[name], fieldType(type, name), `${path}.${name}`);
    }
  }

  function walkList(value: readonly unknown[], type: ValueType, path: string): void {
    const of = elementType(type);
    const { list } = type;
    if (list.kind === 'atomic') return value.forEach((element, index) => walk(element, of, `${path}[${index}]`));
    const seen = new Set<string>();
    for (const [index, element] of value.entries()) {
      if (list.kind === 'map' && !isObject(element)) {
        const flaw = element === null ? 'a null element' : 'non-map elements';
        return add(path, `element ${index}: associative list with keys may not have ${flaw}`);
      }
      const key = keyText(list, of, element);
      if (seen.has(key)) add(path, `duplicate entries for key ${key}`);
      else walk(element, of, path + key);
      seen.add(key);
    }
  }
}

/** How an element is named: `[name="web"]`, and `[="value"]` in a set. A key that it leaves out has its default. */
function keyText(list: Exclude<ListKind, { kind: 'atomic' }>, { schema }: ValueType, element: unknown): string {
  if (list.kind === 'set') return `[=${JSON.stringify(element)}]`;
  const keys = list.keys.toSorted().map((name) => {
    const value = (element as Json)[name] ?? schema?.properties?.[name]?.default ?? '';
    return `${name}=${JSON.stringify(value)}`;
  });
  return `[${keys.join(',')}]`;
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : isObject(value) ? 'map' : typeof value);

/** A value as Go prints it with `%#v`. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'interface {}(nil)';
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}
