const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** The milliseconds of a duration as Go spells it (`1m30s`, `250ms`, `1.5h`), days (`7d`) as well; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  let length = 0;
  for (const [part, amount, unit] of text.matchAll(PART)) {
    total += Number(amount) * UNITS[unit!]!;
    length += part.length;
  }
  return length === text.length && length > 0 ? Math.round(total) : undefined;
}

/** A length of time in its shortest exact spelling: `1m30s`, `250ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const parts: string[] = [];
  let rest = Math.round(milliseconds);
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ] as const) {
    if (rest >= size) parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.join('');
}
