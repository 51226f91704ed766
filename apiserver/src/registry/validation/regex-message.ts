/** A rule told by a regular expression, with examples, as the API server words it. */
export function regexMessage(rule: string, regex: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${rule} (regex used for validation is '${regex}')`;
  return `${rule} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}regex used for validation is '${regex}')`;
}

/** `must be between 1 and 65535, inclusive`. */
export const rangeMessage = (least: number, most: number): string => `must be between ${least} and ${most}, inclusive`;
