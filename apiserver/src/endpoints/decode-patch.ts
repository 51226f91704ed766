import { badRequest, StatusError, type PatchType } from '@kubarium/shared';
import { MAX_OPERATIONS } from '../registry/patch/apply-patch.ts';
import { jsonType } from '../registry/schema/decode-flaws.ts';
import { MAX_DEPTH } from '../registry/schema/depth.ts';
import { parseYaml } from './decode-yaml.ts';
import {
  countTextKeys,
  isTooDeep,
  JsonMembers,
  JsonSyntaxError,
  readJsonText,
  type ExactJson,
} from '../registry/schema/json-text.ts';

export interface DecodedPatch {
  readonly type: PatchType;
  readonly patch: unknown;
  /** Keys given twice, and what a JSON patch operation does not have: told with the flaws of the result, for PatchRequest. */
  readonly patchFlaws: readonly string[];
}

/** The content types of patches. */
const PATCH_TYPES: readonly PatchType[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

/** Decodes the body of a PATCH. Throws StatusError: 415 for another content type, 400 for what is malformed, in the real words. */
export function decodePatch(body: Buffer, contentType: string | undefined): DecodedPatch {
  const type = PATCH_TYPES.find((one) => one === contentType?.split(';', 1)[0]!.trim().toLowerCase());
  if (type === undefined) {
    throw new StatusError({
      code: 415,
      reason: 'UnsupportedMediaType',
      message: '415: Unsupported Media Type',
      details: {},
    });
  }
  if (type === 'application/apply-patch+yaml') return { type, patch: configuration(body.toString()), patchFlaws: [] };
  const prefix = type === 'application/strategic-merge-patch+json' ? '' : 'error decoding patch: ';
  const text = body.toString();
  const patch = parsed(text, prefix);
  if (type === 'application/json-patch+json') {
    const list = operations(patch, prefix);
    return { type, patch: list, patchFlaws: operationFlaws(text, list.length) };
  }
  if (patch !== null && jsonType(patch) !== 'object') {
    throw badRequest(
      `${prefix}json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`,
    );
  }
  return { type, patch, patchFlaws: duplicates(text, patch) };
}

/** The object of an apply, from YAML (or JSON, which is YAML). */
function configuration(text: string): unknown {
  const parsedText = parseYaml(text);
  if (parsedText.error !== undefined)
    throw badRequest(`error decoding YAML: error converting YAML to JSON: ${parsedText.error}`);
  const { value } = parsedText;
  if (value === null || jsonType(value) === 'object') return value ?? {};
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`,
  );
}

function parsed(text: string, prefix: string): unknown {
  try {
    if (isTooDeep(text, MAX_DEPTH)) readJsonText(text, MAX_DEPTH);
    return JSON.parse(text);
  } catch (error) {
    try {
      readJsonText(text, MAX_DEPTH);
    } catch (flaw) {
      if (flaw instanceof JsonSyntaxError) throw badRequest(`${prefix}${flaw.message}`);
      throw flaw;
    }
    throw error;
  }
}

function operations(patch: unknown, prefix: string): unknown[] {
  if (patch === null) return [];
  const wrong = (value: unknown, goType: string): StatusError =>
    badRequest(`${prefix}json: cannot unmarshal ${jsonType(value)} into Go value of type ${goType}`);
  if (!Array.isArray(patch)) throw wrong(patch, '[]handlers.jsonPatchOp');
  for (const operation of patch as unknown[]) {
    if (jsonType(operation) !== 'object') throw wrong(operation, 'handlers.jsonPatchOp');
    for (const name of ['op', 'path', 'from'] as const) {
      const value = (operation as Record<string, unknown>)[name];
      if (value !== undefined && value !== null && typeof value !== 'string') {
        throw badRequest(
          `${prefix}json: cannot unmarshal ${jsonType(value)} into Go struct field jsonPatchOp.${name} of type string`,
        );
      }
    }
  }
  return patch;
}

const OPERATION_MEMBERS = new Set(['op', 'path', 'from', 'value']);

function operationFlaws(text: string, count: number): string[] {
  // Refused for their number, later: nobody is told more of them.
  if (count > MAX_OPERATIONS) return [];
  const exact = readJsonText(text);
  if (!Array.isArray(exact)) return [];
  return exact.flatMap((operation, index) => {
    if (!(operation instanceof JsonMembers)) return [];
    const seen = new Set<string>();
    return operation.members.flatMap(([name]) => {
      const isDuplicate = seen.has(name);
      seen.add(name);
      if (isDuplicate) return [`json patch duplicate field "[${index}].${name}"`];
      return OPERATION_MEMBERS.has(name) ? [] : [`json patch unknown field "[${index}].${name}"`];
    });
  });
}

function duplicates(text: string, patch: unknown): string[] {
  if (countTextKeys(text) === countKeys(patch)) return [];
  const found: string[] = [];
  const search = (value: ExactJson, path: string): void => {
    if (Array.isArray(value)) value.forEach((element, index) => search(element, `${path}[${index}]`));
    else if (value instanceof JsonMembers) {
      const seen = new Set<string>();
      for (const [name, member] of value.members) {
        const at = path === '' ? name : `${path}.${name}`;
        if (seen.has(name)) found.push(`duplicate field ${JSON.stringify(at)}`);
        seen.add(name);
        search(member, at);
      }
    }
  };
  search(readJsonText(text), '');
  return found;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: unknown[] = Object.values(value);
  return members.reduce<number>((sum, member) => sum + countKeys(member), Array.isArray(value) ? 0 : members.length);
}
