import type { Status, StatusCause } from '../api/meta-v1.ts';
import type { Resource } from '../api/resources.ts';
import { StatusError } from './status-error.ts';

/**
 * The failures that the API answers with, in the real server's words (k8s.io/apimachinery/pkg/api/errors): one constructor
 * for each reason, and no other file spells them out.
 */

type GroupResource = Pick<Resource, 'group' | 'resource'>;
type GroupKind = Pick<Resource, 'group' | 'kind'>;

const qualified = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

/** A name as Go prints it with `%q`. */
const quoted = (text: string): string => JSON.stringify(text);

const failure = (code: number, reason: string, message: string, details?: Status['details']): StatusError =>
  new StatusError(details === undefined ? { message, reason, code } : { message, reason, details, code });

const resourceDetails = (of: GroupResource, name: string): NonNullable<Status['details']> => ({
  ...(name === '' ? {} : { name }),
  ...(of.group === '' ? {} : { group: of.group }),
  kind: of.resource,
});

/** 404 `pods "x" not found`. */
export const notFound = (of: GroupResource, name: string): StatusError =>
  failure(404, 'NotFound', `${qualified(of.resource, of.group)} ${quoted(name)} not found`, resourceDetails(of, name));

/** 409 `pods "x" already exists`. */
export const alreadyExists = (of: GroupResource, name: string): StatusError =>
  failure(
    409,
    'AlreadyExists',
    `${qualified(of.resource, of.group)} ${quoted(name)} already exists`,
    resourceDetails(of, name),
  );

/** 409 for a `generateName` that found no free name in all its tries. */
export const generateNameConflict = (of: GroupResource, name: string, retryAfterSeconds: number): StatusError =>
  failure(
    409,
    'AlreadyExists',
    `${qualified(of.resource, of.group)} ${quoted(name)} already exists, the server was not able to generate a unique name for the object`,
    { ...resourceDetails(of, name), retryAfterSeconds },
  );

/** Why an update conflicts when its resourceVersion is not the current one. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** 409 `Operation cannot be fulfilled on pods "x": WHY`. */
export const conflict = (of: GroupResource, name: string, why: string = MODIFIED): StatusError =>
  failure(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(of.resource, of.group)} ${quoted(name)}: ${why}`,
    resourceDetails(of, name),
  );

/** 403 `pods "x" is forbidden: WHY`. */
export function forbidden(of: GroupResource, name: string, why: string, causes?: StatusCause[]): StatusError {
  const resource = qualified(of.resource, of.group);
  const subject = resource === '' ? 'forbidden' : `${resource}${name === '' ? '' : ` ${quoted(name)}`} is forbidden`;
  return failure(403, 'Forbidden', `${subject}: ${why}`, {
    ...resourceDetails(of, name),
    ...(causes === undefined ? {} : { causes }),
  });
}

/** 401. */
export const unauthorized = (message: string = 'Unauthorized'): StatusError => failure(401, 'Unauthorized', message);

/** 422 `Pod "x" is invalid: CAUSES`, with the causes also as data. A cause repeated word for word is told once in the message. */
export function invalid(of: GroupKind, name: string, causes: readonly StatusCause[]): StatusError {
  const texts = [...new Set(causes.map((cause) => `${cause.field ?? ''}: ${cause.message ?? ''}`))];
  const told = texts.length === 0 ? '' : `: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
  return failure(422, 'Invalid', `${qualified(of.kind, of.group)} ${quoted(name)} is invalid${told}`, {
    ...(name === '' ? {} : { name }),
    ...(of.group === '' ? {} : { group: of.group }),
    ...(of.kind === '' ? {} : { kind: of.kind }),
    ...(causes.length === 0 ? {} : { causes: [...causes] }),
  });
}

/** 400. */
export const badRequest = (message: string): StatusError => failure(400, 'BadRequest', message);

/** 405 `ACTION is not supported on resources of kind "pods"`. */
export const methodNotSupported = (of: GroupResource, action: string): StatusError =>
  failure(
    405,
    'MethodNotAllowed',
    `${action} is not supported on resources of kind ${quoted(qualified(of.resource, of.group))}`,
    resourceDetails(of, ''),
  );

/** 410: what was asked for has been compacted away; list again, or go on with the continue token given. */
export const expired = (message: string, continueToken?: string): StatusError =>
  new StatusError({
    ...(continueToken === undefined ? {} : { metadata: { continue: continueToken } }),
    message,
    reason: 'Expired',
    code: 410,
  });

/** 429. */
export const tooManyRequests = (message: string, retryAfterSeconds: number, causes?: StatusCause[]): StatusError =>
  failure(429, 'TooManyRequests', message, {
    ...(causes === undefined ? {} : { causes }),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });

/** 504 `Timeout: WHY`. */
export const timeout = (why: string, retryAfterSeconds: number, causes?: StatusCause[]): StatusError =>
  failure(504, 'Timeout', `Timeout: ${why}`, {
    ...(causes === undefined ? {} : { causes }),
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });

/** 504 for a resourceVersion that has not happened yet. */
export const tooLargeResourceVersion = (asked: number, current: number): StatusError =>
  timeout(`Too large resource version: ${asked}, current: ${current}`, 1, [
    { reason: 'ResourceVersionTooLarge', message: 'Too large resource version' },
  ]);

/** 503. */
export const serviceUnavailable = (message: string): StatusError => failure(503, 'ServiceUnavailable', message);

/** 413. */
export const requestEntityTooLarge = (message: string): StatusError =>
  failure(413, 'RequestEntityTooLarge', `Request entity is too large: ${message}`);

/** 415. */
export const unsupportedMediaType = (message: string): StatusError => failure(415, 'UnsupportedMediaType', message);

/** 406. */
export const notAcceptable = (message: string): StatusError => failure(406, 'NotAcceptable', message);

/** 500 `Internal error occurred: WHY`. */
export const internalError = (why: string): StatusError =>
  failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ message: why }] });
