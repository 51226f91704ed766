/** A number or a text: a port or its name, a count or a percentage (apimachinery `intstr.IntOrString`). */
export type IntOrString = number | string;

/** A text that stands where a percentage must; the message is the real one's. */
export class IntOrStringError extends Error {
  override readonly name = 'IntOrStringError';
}

const PERCENTAGE = /^([+-]?[0-9]+)%$/;

/** True for `25%`. */
export const isPercentage = (value: IntOrString): boolean => typeof value === 'string' && PERCENTAGE.test(value);

/**
 * A count out of a count or a percentage of `total`, as `maxSurge` (`roundUp`) and `maxUnavailable` (not) are meant.
 * Throws IntOrStringError for a text that is no percentage.
 */
export function scaledValue(value: IntOrString, total: number, options: { readonly roundUp: boolean }): number {
  if (typeof value === 'number') return value;
  if (!value.endsWith('%')) {
    throw new IntOrStringError('invalid value for IntOrString: invalid type: string is not a percentage');
  }
  const percentage = PERCENTAGE.exec(value);
  if (percentage === null) {
    throw new IntOrStringError(
      `invalid value for IntOrString: invalid value ${JSON.stringify(value)}: not a number before %`,
    );
  }
  const exact = (Number(percentage[1]) * total) / 100;
  return options.roundUp ? Math.ceil(exact) : Math.floor(exact);
}
