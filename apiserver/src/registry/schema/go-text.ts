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

/** A JSON value as Go writes it: members by name, and nothing that HTML would read. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (sign) => `\\u${hex(sign)}`);
  }
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${goJson(name)}:${goJson(member)}`).join(',')}}`;
}

const hex = (sign: string): string => sign.charCodeAt(0).toString(16).padStart(4, '0');
