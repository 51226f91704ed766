import { deepEqual } from '@kubarium/shared';
import { escapedForRegExp, filledTemplate, goRegExp, replaceAll } from './go-regexp.ts';
import { pure, type FunctionTable } from './scenario-function.ts';

/** Functions that compare with patterns. Numbers are taken as they are written. */
export const PATTERN_FUNCTIONS: FunctionTable = {
  label_match: pure(['object', 'object'], (wanted, labels) =>
    Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && deepEqual(labels[key], value)),
  ),
  pattern_match: pure(['string', 'string|number'], (pattern, text) => wildcardMatches(pattern, String(text))),
  regex_match: pure(['string', 'string|number'], (pattern, text) => goRegExp(pattern).test(String(text))),
  regex_replace_all: pure(['string', 'string|number', 'string|number'], (pattern, text, by) =>
    replaceAll(pattern, String(text), (groups, named) => filledTemplate(String(by), groups, named)),
  ),
  regex_replace_all_literal: pure(['string', 'string|number', 'string|number'], (pattern, text, by) =>
    replaceAll(pattern, String(text), () => String(by)),
  ),
  wildcard: pure(['string', 'string'], wildcardMatches),
};

/** `*` stands for any characters, `?` for just one. */
function wildcardMatches(pattern: string, text: string): boolean {
  const source = escapedForRegExp(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${source}$`, 'su').test(text);
}
