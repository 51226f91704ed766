import { step, fieldsOf, type FieldSet } from './field-set.ts';
import { isObject, type Json, type ValueType } from './typed-value.ts';

/**
 * kubectl's client-side apply keeps the configuration that it applied last in an annotation. The manager `kubectl` goes over to
 * server-side apply by it: what the annotation says and the object still has is no conflict, and the annotation follows what is applied
 * (KEP-555).
 */
export const CLIENT_SIDE_MANAGER = 'kubectl-client-side-apply';
export const SERVER_SIDE_MANAGER = 'kubectl';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
const ANNOTATION_PATH = step(step('f:metadata', 'f:annotations'), `f:${ANNOTATION}`);

/** The fields of an object that are as client-side apply left them, and its annotation; empty where there is none. */
export function clientSideFields(live: Json, current: ReadonlyMap<string, string>, type: ValueType): FieldSet {
  const configuration = parsed(annotationsOf(live)?.[ANNOTATION]);
  if (configuration === undefined) return new Set();
  const said = [...fieldsOf(configuration, type)].filter(([path, value]) => current.get(path) === value);
  return new Set([...said.map(([path]) => path), ANNOTATION_PATH]);
}

/** The object with its annotation, where it has one, brought up to date. */
export function withLastApplied(object: Json, configuration: Json): Json {
  const annotations = annotationsOf(object);
  if (annotations?.[ANNOTATION] === undefined) return object;
  const metadata = { ...(configuration['metadata'] as Json) };
  const said = annotationsOf(configuration);
  if (said !== undefined) {
    const { [ANNOTATION]: _, ...rest } = said;
    metadata['annotations'] = rest;
  }
  const text = `${JSON.stringify({ ...configuration, metadata }, inOrder)}\n`;
  return {
    ...object,
    metadata: { ...(object['metadata'] as Json), annotations: { ...annotations, [ANNOTATION]: text } },
  };
}

const annotationsOf = (object: Json): Json | undefined => {
  const annotations = (object['metadata'] as Json | undefined)?.['annotations'];
  return isObject(annotations) ? annotations : undefined;
};

function parsed(text: unknown): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Members in the order of their names, as Go writes maps. */
const inOrder = (_: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
