import { badRequest } from '@kubarium/shared';

const REVISION = /^\d{1,15}$/;

/** True for what a stored object can have: a new one is refused with it. Anything else that it says is not even looked at. */
export const isRevision = (text: string | undefined): boolean => REVISION.test(text ?? '') && Number(text) !== 0;

/**
 * A client's `resourceVersion` as a number; undefined where it is unset. Throws 400 for what is no whole number.
 * Simplified: the real server answers some of these with 500; the message is the same.
 */
export function parseResourceVersion(text: string | undefined, prefix = ''): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!REVISION.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(
      `${prefix}resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return Number(text);
}

/** True where a client says that it replaces another version than the current one. Throws 400 for what is no version. */
export const isOutdated = (wanted: string | undefined, current: string): boolean =>
  (parseResourceVersion(wanted) ?? 0) !== 0 && wanted !== current;
