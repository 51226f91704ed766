/** A JSON value as Go prints it with `%v`: `map[a:1 b:[x y]]`. Error messages of the real server quote objects so. */
export function goText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `map[${members.map(([name, member]) => `${name}:${goText(member)}`).join(' ')}]`;
  }
  if (typeof value === 'number' && !Number.isInteger(value) && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value as string | number | boolean);
}
