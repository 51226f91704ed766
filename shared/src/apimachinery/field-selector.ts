import { SelectorError } from './label-selector.ts';

/**
 * Field selectors: `KEY=VALUE`, `KEY==VALUE`, `KEY!=VALUE`, joined by commas; in values a backslash escapes `\`, `,` and `=`.
 * Source: Kubernetes docs, "Field Selectors".
 */

export interface FieldRequirement {
  readonly field: string;
  readonly value: string;
  readonly negated: boolean;
}

/** All requirements must hold; none at all matches everything. */
export type ParsedFieldSelector = readonly FieldRequirement[];

/** What selectors see of a field. One with several values equals each of them; Kubernetes' own kinds have no such field. */
export type FieldValue = string | readonly string[];

/** How the fields that selectors can ask for are read of an object. (Methods by type: those of a kind may stand for those of any.) */
export type SelectableFields<T> = Readonly<Record<string, { of(object: T): FieldValue }['of']>>;

/** True where an object fulfils every requirement; a field that it does not have is the empty text. */
export const fieldSelectorMatches = <T>(
  selector: ParsedFieldSelector,
  fields: SelectableFields<T>,
  object: T,
): boolean => selector.every(({ field, value, negated }) => hasValue(fields[field]?.(object) ?? '', value) !== negated);

const hasValue = (field: FieldValue, value: string): boolean =>
  typeof field === 'string' ? field === value : field.includes(value);

/** Reads the text form. Throws SelectorError. Which fields there are is not checked here. */
export const parseFieldSelector = (text: string): ParsedFieldSelector =>
  splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const match = /(!=|==|=)/.exec(term);
      if (match === null) throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
      return {
        field: term.slice(0, match.index),
        value: unescape(term.slice(match.index + match[0].length)),
        negated: match[0] === '!=',
      };
    });

/** The value of a field that a selector asks for to be equal, if it does: for indexes and single-object watches. */
export const requiredValue = (selector: ParsedFieldSelector, field: string): string | undefined =>
  selector.find((requirement) => requirement.field === field && !requirement.negated)?.value;

/** At commas that no backslash escapes. */
const splitTerms = (text: string): string[] => text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? [];

function unescape(value: string): string {
  return value.replace(/\\(.?)|([,=])/gs, (_, escaped: string | undefined, bare: string | undefined) => {
    if (bare !== undefined) {
      throw new SelectorError(`invalid field selector: unescaped character in value: ${bare.charCodeAt(0)}`);
    }
    if (escaped === '\\' || escaped === ',' || escaped === '=') return escaped;
    throw new SelectorError(`invalid field selector: invalid escape sequence: \\${escaped}`);
  });
}
