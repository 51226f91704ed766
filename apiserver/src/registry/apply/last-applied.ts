import type { ObjectMeta } from '@kubarium/shared';
import { isObject, type Json } from '../json.ts';
import { conform } from '../schema/conform.ts';
import { goJson } from '../schema/go-text.ts';
import type { StructPlan } from '../schema/type-plan.ts';
import { areAnnotationsTooLarge } from '../validation/object-meta.ts';
import { fieldsOf, step, type FieldSet } from './field-set.ts';
import type { ValueType } from './typed-value.ts';

/** Where `kubectl apply` without `--server-side` keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
export const LAST_APPLIED_PATH = ['f:annotations', `f:${LAST_APPLIED}`].reduce(step, 'f:metadata');

/** The name under which kubectl applies on the server, unless it is told another. */
export const KUBECTL = 'kubectl';

/**
 * What of an object client-side apply made and nobody has changed since: the fields of the last applied configuration whose values are still
 * there. Empty where none is kept, or one that cannot be read.
 */
export function lastAppliedFields(live: Json, plan: StructPlan, type: ValueType): FieldSet {
  const applied = parsed(annotationsOf(live)?.[LAST_APPLIED]);
  if (applied?.['apiVersion'] !== live['apiVersion'] || applied?.['kind'] !== live['kind']) return new Set();
  const { fits, hasUnknownFields } = conform(plan, applied);
  if (!fits || hasUnknownFields) return new Set();
  const current = fieldsOf(live, type);
  const same = [...fieldsOf(applied, type)].filter(([path, value]) => current.get(path) === value);
  return new Set(same.map(([path]) => path));
}

/**
 * Keeps what client-side apply would find current, for who goes back to it: where an object has a last applied configuration, kubectl's
 * server-side apply replaces it, or drops it where there is no room.
 */
export function renewLastApplied(object: Json, configuration: Json): void {
  const annotations = annotationsOf(object);
  if (!annotations?.[LAST_APPLIED]) return;
  const { metadata } = configuration as { metadata?: ObjectMeta };
  const said = metadata?.annotations;
  const kept = said && Object.fromEntries(Object.entries(said).filter(([name]) => name !== LAST_APPLIED));
  annotations[LAST_APPLIED] =
    `${goJson({ ...configuration, metadata: { ...metadata, ...(kept && { annotations: kept }) } })}\n`;
  if (areAnnotationsTooLarge(annotations)) delete annotations[LAST_APPLIED];
}

const annotationsOf = (object: Json): ObjectMeta['annotations'] => (object['metadata'] as ObjectMeta).annotations;

function parsed(text: string | undefined): Json | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
