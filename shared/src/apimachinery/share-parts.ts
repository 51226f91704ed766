/**
 * A newer version of a JSON value, made of the older one's parts wherever they mean the same (see `deepEqual`), and the older one itself
 * where nothing has changed. Neither is changed. So versions that follow each other cost what has changed.
 */
export function shareParts<T>(old: unknown, next: T): T {
  if (next === old) return next;
  if (typeof old !== 'object' || typeof next !== 'object' || old === null || next === null) return next;
  if (Array.isArray(old) !== Array.isArray(next)) return next;
  return (Array.isArray(next) ? shareElements(old as unknown[], next) : shareMembers(old as Json, next as Json)) as T;
}

type Json = Readonly<Record<string, unknown>>;

function shareElements(old: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | undefined;
  let same = old.length === next.length;
  for (let index = 0; index < next.length; index++) {
    const element = shareParts(old[index], next[index]);
    if (element !== next[index]) (copy ??= [...next])[index] = element;
    if (element !== old[index]) same = false;
  }
  return same ? old : (copy ?? next);
}

function shareMembers(old: Json, next: Json): Json {
  let copy: Record<string, unknown> | undefined;
  let same = true;
  for (const name in next) {
    const member = shareParts(old[name], next[name]);
    // An own member of any name takes it, `__proto__` as well.
    if (member !== next[name]) (copy ??= { ...next })[name] = member;
    if (member !== old[name]) same = false;
  }
  for (const name in old) if (old[name] !== undefined && next[name] === undefined) same = false;
  return same ? old : (copy ?? next);
}
