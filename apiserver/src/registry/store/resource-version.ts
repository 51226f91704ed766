import { badRequest } from '@kubarium/shared';

/**
 * A client's `resourceVersion` as a number; undefined where it is unset. Throws 400 for what is no whole number.
 * Simplified: the real server answers some of these with 500; the message is the same.
 */
export function parseResourceVersion(text: string | undefined, prefix = ''): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    const quoted = JSON.stringify(text);
    throw badRequest(
      `${prefix}resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`,
    );
  }
  return Number(text);
}
