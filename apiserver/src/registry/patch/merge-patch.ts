type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A JSON merge patch (RFC 7386) applied to a value: objects are merged member by member, null removes a member, all else
 * replaces. Neither argument is changed; the result may share parts with both.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = isObject(target) ? { ...target } : {};
  for (const name of Object.keys(patch)) {
    if (patch[name] === null) delete merged[name];
    else {
      const value = mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, patch[name]);
      Object.defineProperty(merged, name, { value, enumerable: true, writable: true, configurable: true });
    }
  }
  return merged;
}
