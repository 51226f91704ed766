import type { LabelSelector } from '../api/meta-v1.ts';
import { labelKeyErrors, labelValueErrors } from './label-name.ts';

/**
 * Label selectors, in both of their spellings: the query parameter's text and the LabelSelector object.
 *
 *     selector    = [ requirement { "," requirement } ]
 *     requirement = [ "!" ] KEY | KEY ( "=" | "==" | "!=" | ">" | "<" ) VALUE
 *                 | KEY ( "in" | "notin" ) "(" VALUE { "," VALUE } ")"
 *
 * Source: Kubernetes docs, "Labels and Selectors", and k8s.io/apimachinery/pkg/labels for the wording of errors.
 */

export type Labels = Readonly<Record<string, string>>;

export type LabelOperator = 'in' | 'notin' | 'exists' | 'absent' | 'greater' | 'less';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** All requirements must hold; none at all matches everything. */
export type ParsedLabelSelector = readonly LabelRequirement[];

/** A selector that cannot be read; the message is the real server's. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

/** True where labels fulfil every requirement. */
export const selectorMatches = (selector: ParsedLabelSelector, labels: Labels | undefined): boolean =>
  selector.every((requirement) => requirementHolds(requirement, labels ?? {}));

/** True where the labels are selected by a LabelSelector object. An absent selector selects nothing, an empty one everything. */
export function labelSelectorMatches(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  if (selector === undefined) return false;
  for (const key in selector.matchLabels) if (labels?.[key] !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every((expression) =>
    requirementHolds(
      { key: expression.key, operator: objectOperator(expression.operator), values: expression.values ?? [] },
      labels ?? {},
    ),
  );
}

/** True where the labels hold every pair of a plain map selector, as Services have it. An absent or empty one selects nothing. */
export function mapSelectorMatches(selector: Labels | undefined, labels: Labels | undefined): boolean {
  let empty = true;
  for (const key in selector) {
    if (labels?.[key] !== selector[key]) return false;
    empty = false;
  }
  return !empty;
}

/** A LabelSelector object as requirements; undefined selects nothing. Throws SelectorError for an unknown operator. */
export const parseLabelSelectorObject = (selector: LabelSelector): ParsedLabelSelector => [
  ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'in' as const,
    values: [value],
  })),
  ...(selector.matchExpressions ?? []).map((expression) => ({
    key: expression.key,
    operator: objectOperator(expression.operator),
    values: expression.values ?? [],
  })),
];

/** A LabelSelector object as the text that `kubectl get -l` and `scale` show: `a=b,c in (d,e)`. */
export function formatLabelSelector(selector: ParsedLabelSelector): string {
  return selector
    .map(({ key, operator, values }) => {
      switch (operator) {
        case 'exists':
          return key;
        case 'absent':
          return `!${key}`;
        case 'greater':
          return `${key}>${values[0]}`;
        case 'less':
          return `${key}<${values[0]}`;
        case 'in':
          return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.toSorted().join(',')})`;
        case 'notin':
          return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.toSorted().join(',')})`;
      }
    })
    .join(',');
}

function requirementHolds({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'greater':
    case 'less': {
      if (value === undefined || !INTEGER.test(value)) return false;
      const [have, bound] = [BigInt(value), BigInt(values[0] ?? '0')];
      return operator === 'greater' ? have > bound : have < bound;
    }
  }
}

const INTEGER = /^[+-]?\d+$/;

const OBJECT_OPERATORS: Readonly<Record<string, LabelOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
};

function objectOperator(operator: string): LabelOperator {
  const known = OBJECT_OPERATORS[operator];
  if (known === undefined) throw new SelectorError(`"${operator}" is not a valid label selector operator`);
  return known;
}

/** Reads the text form. Throws SelectorError. */
export function parseLabelSelector(text: string): ParsedLabelSelector {
  const tokens = new Tokens(text);
  const requirements: LabelRequirement[] = [];
  if (tokens.peek() === '') return requirements;
  for (;;) {
    const first = tokens.peek();
    if (first !== '!' && !isWord(first)) {
      throw new SelectorError(`found '${first}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(tokens));
    const separator = tokens.next();
    if (separator === '') return requirements;
    if (separator !== ',') throw new SelectorError(`found '${separator}', expected: ',' or 'end of string'`);
    const following = tokens.peek();
    if (following !== '!' && !isWord(following)) {
      throw new SelectorError(`found '${following}', expected: identifier after ','`);
    }
  }
}

const SYMBOLS = ['==', '!=', '=', '!', '(', ')', ',', '>', '<'];

const isWord = (token: string): boolean => token !== '' && !SYMBOLS.includes(token);

/** Symbols and words, one after the other; the empty text is the end. */
class Tokens {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = text.match(/==|!=|[=!(),<>]|[^\s=!(),<>]+/g) ?? [];
  }

  peek(): string {
    return this.#tokens[this.#position] ?? '';
  }

  next(): string {
    const token = this.peek();
    this.#position++;
    return token;
  }
}

const fail = (message: string): never => {
  throw new SelectorError(`unable to parse requirement: ${message}`);
};

function parseRequirement(tokens: Tokens): LabelRequirement {
  const negated = tokens.peek() === '!';
  if (negated) tokens.next();
  const key = tokens.next();
  if (!isWord(key)) fail(`found '${key}', expected: identifier`);
  const keyErrors = labelKeyErrors(key);
  if (keyErrors.length > 0) fail(`<nil>: Invalid value: ${JSON.stringify(key)}: ${keyErrors.join('; ')}`);
  const end = tokens.peek() === '' || tokens.peek() === ',';
  if (negated) return { key, operator: 'absent', values: [] };
  if (end) return { key, operator: 'exists', values: [] };
  const operator = tokens.next();
  const values = operator === 'in' || operator === 'notin' ? parseValues(tokens) : parseExactValue(tokens, operator);
  return requirement(key, operator, values);
}

const TEXT_OPERATORS: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': 'in',
  '==': 'in',
  '!=': 'notin',
  '>': 'greater',
  '<': 'less',
};

function requirement(key: string, symbol: string, values: readonly string[]): LabelRequirement {
  const operator = TEXT_OPERATORS[symbol]!;
  if ((operator === 'greater' || operator === 'less') && !INTEGER.test(values[0] ?? '')) {
    fail(
      `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  }
  values.forEach((value, index) => {
    const errors = labelValueErrors(value);
    if (errors.length > 0) {
      fail(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`);
    }
  });
  return { key, operator, values };
}

function parseExactValue(tokens: Tokens, operator: string): string[] {
  if (!Object.hasOwn(TEXT_OPERATORS, operator)) {
    fail(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const value = tokens.peek();
  if (value === '' || value === ',') return [''];
  tokens.next();
  if (!isWord(value)) fail(`found '${value}', expected: identifier`);
  return [value];
}

function parseValues(tokens: Tokens): string[] {
  const open = tokens.next();
  if (open !== '(') fail(`found '${open}' expected: '('`);
  if (tokens.peek() !== ')' && tokens.peek() !== ',' && !isWord(tokens.peek())) {
    fail(`found '${tokens.peek()}', expected: ',', ')' or identifier`);
  }
  const values = new Set<string>();
  for (let last = ','; ;) {
    const token = tokens.next();
    if (token === ')') {
      // `()` and `(a,)` both hold the empty value.
      if (last === ',') values.add('');
      return [...values].toSorted();
    }
    if (token === ',') {
      if (last === ',') values.add('');
    } else if (isWord(token) && last === ',') {
      values.add(token);
    } else if (last === ',') {
      fail(`found '${token}', expected: ',', or identifier`);
    } else {
      fail(`found '${token}', expected: ',' or ')'`);
    }
    last = token;
  }
}
