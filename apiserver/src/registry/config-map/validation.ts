import type { ConfigMap } from '@kubarium/shared';
import { deepEqual } from '@kubarium/shared';
import type { FieldError } from '../strategy.ts';
import { forbidden, invalid, invalidEach, tooLong } from '../validation/field-error.ts';
import { configKeyErrors } from '../validation/names.ts';

const MAX_BYTES = 1024 * 1024;

/** All that is wrong with a ConfigMap: its keys, and its size as a whole. */
export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(data)) {
    errors.push(...invalidEach(`data[${key}]`, key, configKeyErrors(key)));
    if (Object.hasOwn(binaryData, key))
      errors.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    bytes += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    errors.push(...invalidEach(`binaryData[${key}]`, key, configKeyErrors(key)));
    bytes += Buffer.byteLength(value, 'base64');
  }
  return bytes > MAX_BYTES ? [...errors, tooLong('', MAX_BYTES)] : errors;
}

/** All that is wrong with the change of a ConfigMap: one that is immutable stays as it is. */
export const validateConfigMapChange = (draft: ConfigMap, old: ConfigMap): FieldError[] =>
  immutableContentErrors(draft, old, ['data', 'binaryData']);

/** What an object with `immutable: true` may not change: the flag itself and the fields named. */
export function immutableContentErrors<K extends string>(
  draft: { immutable?: boolean | undefined } & { [key in K]?: unknown },
  old: { immutable?: boolean | undefined } & { [key in K]?: unknown },
  fields: readonly K[],
): FieldError[] {
  if (!old.immutable) return [];
  const why = 'field is immutable when `immutable` is set';
  return [
    ...(draft.immutable ? [] : [forbidden('immutable', why)]),
    ...fields.filter((field) => !deepEqual(draft[field], old[field])).map((field) => forbidden(field, why)),
  ];
}
