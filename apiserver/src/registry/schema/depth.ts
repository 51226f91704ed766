/**
 * How deep a value may nest. Simplified: the real server reads ten times as deep; nothing that it serves is deeper than this, and each
 * level may take a call that ours has only some thousands of.
 */
export const MAX_DEPTH = 1000;

/** True where arrays and objects are within each other more than so many times. Without recursion. */
export function isDeeperThan(limit: number, value: unknown): boolean {
  let level: object[] = isContainer(value) ? [value] : [];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === limit) return true;
    level = level.flatMap((container) => (Object.values(container) as unknown[]).filter(isContainer));
  }
  return false;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;
