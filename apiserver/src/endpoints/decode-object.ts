import {
  badRequest,
  apiVersionOf,
  type ApiObject,
  type DeleteOptions,
  type StatusError,
  unsupportedMediaType,
} from '@kubarium/shared';
import { conform } from '../registry/schema/conform.ts';
import { decodeFlaws } from '../registry/schema/decode-flaws.ts';
import { isRegisteredKind, type GroupVersionKind } from '../registry/schema/facts.ts';
import {
  decodeTarget,
  givenKind,
  isSameKind,
  kindFlaw,
  notRegistered,
  planOfKind,
  type DecodeTarget,
} from '../registry/schema/kind-check.ts';
import { applySchemaDefaults } from '../registry/schema/schema-defaults.ts';
import type { StructPlan } from '../registry/schema/type-plan.ts';
import type { DecodedBody, ReadBody } from './decode-body.ts';
import { readJson } from './decode-json.ts';
import { readYaml } from './decode-yaml.ts';
import { readProtobuf } from './protobuf/read-protobuf.ts';

export { decodeTarget };
export type { DecodeTarget };

export interface DecodeOptions {
  /** What to do about unknown and duplicate fields: refuse (Strict), warn (Warn, also when absent) or nothing (Ignore). */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict' | undefined;
}

export interface Decoded {
  readonly object: ApiObject;
  /** For `Warning:` headers. */
  readonly warnings: readonly string[];
}

/** The content types that request bodies may have, besides those of patches. */
export const BODY_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;

/**
 * Decodes the body of a write and brings it into shape: the object is as the real server would write it after reading it, with
 * its `apiVersion`, its `kind` and the static defaults of its schema filled in. Throws StatusError: 415 for an unknown content type, 400 for what is
 * malformed, of another kind or does not fit the schema, in the real server's words.
 */
export function decodeObject(
  target: DecodeTarget,
  body: Buffer,
  contentType: string | undefined,
  options: DecodeOptions = {},
): Decoded {
  const read = reader(contentType)(body);
  if (read.error !== undefined) throw unrecognized(target, read.error, body);
  const given = givenKind(target, read.value);
  if (given === undefined) {
    throw unrecognized(target, `unexpected GroupVersion string: ${apiVersionIn(read.value)}`, body);
  }
  const plan = planOf(target, given);
  const decoded = read.decode(plan, options.fieldValidation === 'Ignore');
  return finish(target, given, decoded, options);
}

/**
 * Brings an object that is already a value (a patched one, one from the in-process client) into shape, as `decodeObject` does.
 * The object shares nothing with `value` that a writer might change.
 */
export function decodeValue(target: DecodeTarget, value: unknown, options: DecodeOptions = {}): Decoded {
  const plan = planOf(target, target);
  const { object, fits, hasUnknownFields } = conform(plan, value);
  const isClean = fits && (!hasUnknownFields || options.fieldValidation === 'Ignore');
  const { misfit, strict } = isClean ? { misfit: undefined, strict: [] } : decodeFlaws(plan, value);
  return finish(target, target, { object, misfit, strict }, options);
}

/**
 * Decodes the body of a DELETE, which may be empty. Kind `DeleteOptions` of any served group is taken. Throws StatusError 400.
 */
export function decodeDeleteOptions(body: Buffer, contentType: string | undefined): DeleteOptions {
  if (body.length === 0) return {};
  const read = reader(contentType)(body);
  if (read.error !== undefined) throw badRequest(read.error);
  const given = givenKind(DELETE_OPTIONS, read.value);
  if (given === undefined) throw badRequest(`unexpected GroupVersion string: ${apiVersionIn(read.value)}`);
  if (given.kind !== 'DeleteOptions' || !isRegisteredKind(given.group, given.version, given.kind)) {
    throw badRequest(notRegistered(given));
  }
  const { object, misfit } = read.decode(planOf(DELETE_OPTIONS, DELETE_OPTIONS), true);
  if (misfit !== undefined) throw badRequest(misfit);
  return object as unknown as DeleteOptions;
}

const DELETE_OPTIONS: DecodeTarget = {
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  schema: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
};

function reader(contentType: string | undefined): (body: Buffer) => ReadBody {
  const mediaType =
    contentType === undefined || contentType === ''
      ? 'application/json'
      : contentType.split(';', 1)[0]!.trim().toLowerCase();
  switch (mediaType) {
    case 'application/json':
      return (body) => readJson(body.toString());
    case 'application/yaml':
      return (body) => readYaml(body.toString());
    case 'application/vnd.kubernetes.protobuf':
      return readProtobuf;
    default:
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${BODY_TYPES.join(', ')}`,
      );
  }
}

const apiVersionIn = (value: unknown): string => (value as { apiVersion: string }).apiVersion;

function planOf(target: DecodeTarget, given: GroupVersionKind): StructPlan {
  const plan = planOfKind(target, given);
  if (plan !== undefined) return plan;
  throw wrongKind(target, given);
}

function finish(target: DecodeTarget, given: GroupVersionKind, decoded: DecodedBody, options: DecodeOptions): Decoded {
  if (decoded.misfit !== undefined) throw cannotBeHandled(target, given, decoded.misfit);
  const isStrict = options.fieldValidation === 'Strict';
  if (isStrict && decoded.strict.length > 0) {
    throw cannotBeHandled(target, given, `strict decoding error: ${strictText(decoded.strict)}`);
  }
  if (!isSameKind(given, target)) throw wrongKind(target, given);
  const object = decoded.object;
  object.apiVersion = apiVersionOf(target);
  object.kind = target.kind;
  applySchemaDefaults(target.schema, object);
  return { object, warnings: options.fieldValidation === 'Ignore' ? [] : decoded.strict };
}

/** All flaws in one sentence; those of the YAML reader stand together under its own head. */
function strictText(flaws: readonly string[]): string {
  const isYaml = (flaw: string): boolean => /^line \d+: /.test(flaw);
  const yaml = flaws.filter(isYaml);
  const head = yaml.length === 0 ? [] : [`yaml: unmarshal errors:\n  ${yaml.join('\n  ')}`];
  return [...head, ...flaws.filter((flaw) => !isYaml(flaw))].join(', ');
}

function wrongKind(target: GroupVersionKind, given: GroupVersionKind): StatusError {
  const flaw = kindFlaw(target, given) ?? notRegistered(given);
  const isOtherVersion = given.kind === target.kind && isRegisteredKind(given.group, given.version, given.kind);
  return isOtherVersion ? badRequest(flaw) : cannotBeHandled(target, given, flaw);
}

const cannotBeHandled = (target: GroupVersionKind, given: GroupVersionKind, why: string): StatusError =>
  badRequest(`${given.kind} in version ${JSON.stringify(given.version)} cannot be handled as a ${target.kind}: ${why}`);

const unrecognized = (target: GroupVersionKind, why: string, body: Buffer): StatusError =>
  badRequest(`the object provided is unrecognized (must be of type ${target.kind}): ${why} (${summary(body)})`);

/** The beginning of a body as an error quotes it: as text where it looks like JSON, in hexadecimal otherwise. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const encoding = body[0] === 0x7b ? 'utf8' : 'hex';
  return body.length > 30 ? `${body.subarray(0, 30).toString(encoding)} ...` : body.toString(encoding);
}
