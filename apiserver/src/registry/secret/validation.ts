import type { Secret } from '@kubarium/shared';
import { immutableContentErrors } from '../config-map/validation.ts';
import type { FieldError } from '../strategy.ts';
import { jsonType } from '../schema/decode-flaws.ts';
import { invalid, invalidEach, required, tooLong } from '../validation/field-error.ts';
import { immutableErrors } from '../validation/immutable.ts';
import { configKeyErrors } from '../validation/names.ts';

const MAX_BYTES = 1024 * 1024;
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** All that is wrong with a Secret: its keys, its size, and what its type asks for. */
export function validateSecret(secret: Secret): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(secret.data ?? {})) {
    errors.push(...invalidEach(`data[${key}]`, key, configKeyErrors(key)));
    bytes += Buffer.byteLength(value, 'base64');
  }
  if (bytes > MAX_BYTES) errors.push(tooLong('data', MAX_BYTES));
  return [...errors, ...typeErrors(secret)];
}

function typeErrors({ type, data = {}, metadata }: Secret): FieldError[] {
  const missing = (...keys: string[]): FieldError[] =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(`data[${key}]`));
  switch (type) {
    case 'kubernetes.io/service-account-token':
      return metadata.annotations?.[ACCOUNT_NAME] ? [] : [required(`metadata.annotations[${ACCOUNT_NAME}]`)];
    case 'kubernetes.io/dockercfg':
      return dockerErrors(data, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return dockerErrors(data, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      const absent = missing('username', 'password');
      return absent.length === 2 ? absent : [];
    }
    case 'kubernetes.io/ssh-auth':
      return data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
}

function dockerErrors(data: Readonly<Record<string, string>>, key: string): FieldError[] {
  const content = data[key];
  if (content === undefined) return [required(`data[${key}]`)];
  const text = Buffer.from(content, 'base64').toString('utf8');
  const why = jsonObjectFlaw(text);
  return why === undefined ? [] : [invalid(`data[${key}]`, '<secret contents redacted>', why)];
}

/** In Go's words for the flaws that people meet: nothing at all, no JSON, no object. */
function jsonObjectFlaw(text: string): string | undefined {
  if (text.trim() === '') return 'unexpected end of JSON input';
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
    return `json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`;
  } catch {
    const first = text.trimStart()[0]!;
    return /[{["\d\-tfn]/.test(first)
      ? 'unexpected end of JSON input'
      : `invalid character '${first}' looking for beginning of value`;
  }
}

/** All that is wrong with the change of a Secret: its type stays, and one that is immutable stays as it is. */
export const validateSecretChange = (draft: Secret, old: Secret): FieldError[] => [
  ...immutableErrors(draft.type, old.type, 'type'),
  ...immutableContentErrors(draft, old, ['data']),
];
