import { isObject, memberOf, setMember } from '../json.ts';

/**
 * A JSON merge patch (RFC 7386) applied to a value: objects are merged member by member, null removes a member, all else
 * replaces. Neither argument is changed; the result may share parts with both.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    if (patch[name] === null) delete merged[name];
    else setMember(merged, name, mergePatch(memberOf(merged, name), patch[name]));
  }
  return merged;
}
