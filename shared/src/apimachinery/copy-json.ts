/** A deep copy of a JSON value: for those who change what they hold. Much cheaper than `structuredClone`, which takes any value. */
export function copyJson<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  // The spread gives the copy its shape at once, `__proto__` as a member included.
  const members = { ...(value as Record<string, unknown>) };
  for (const name in members) {
    const member = members[name];
    if (typeof member === 'object' && member !== null) members[name] = copy(member);
  }
  return members;
}
