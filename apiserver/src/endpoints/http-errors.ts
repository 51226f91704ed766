import { StatusError } from '@kubarium/shared';

/** The failures that belong to HTTP rather than to an object; texts are the real server's. The rest are shared's. */

const NO_DETAILS = {};

export const pathNotFound = (): StatusError =>
  new StatusError({
    message: 'the server could not find the requested resource',
    reason: 'NotFound',
    details: NO_DETAILS,
    code: 404,
  });

export const methodNotAllowed = (): StatusError =>
  new StatusError({
    message: 'the server does not allow this method on the requested resource',
    reason: 'MethodNotAllowed',
    details: NO_DETAILS,
    code: 405,
  });

/** No representation that the client takes is one that the path has. */
export const noRepresentation = (available: readonly string[]): StatusError =>
  new StatusError({
    message: `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`,
    reason: 'NotAcceptable',
    details: NO_DETAILS,
    code: 406,
  });

export const bodyTooLarge = (limitBytes: number): StatusError =>
  new StatusError({
    message: `Request entity too large: limit is ${limitBytes}`,
    reason: 'RequestEntityTooLarge',
    code: 413,
  });
