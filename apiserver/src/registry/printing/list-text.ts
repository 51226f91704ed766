const SHOWN = 3;

/** The first three entries, comma-separated, and how many more there are. */
export function listText(entries: readonly string[], whenEmpty: string): string {
  if (entries.length === 0) return whenEmpty;
  const text = entries.slice(0, SHOWN).join(',');
  return entries.length > SHOWN ? `${text} + ${entries.length - SHOWN} more...` : text;
}
