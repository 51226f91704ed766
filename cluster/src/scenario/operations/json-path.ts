import { OperationFailure } from './operation-context.ts';

const STEP = /\.?(?:([\w-]+)|\['([^']+)'\]|\[(\d+|\*)\])/y;

/**
 * What a kubectl JSONPath names of an object: `{.status.phase}`, `.spec.containers[*].image`, `.metadata.labels['a.b/c']`.
 * Simplified: fields, indexes and `*`; the real one has filters, slices and ranges too (`(expression)` keys of assert can do those).
 */
export function jsonPathValues(path: string, object: unknown): readonly unknown[] {
  const text = path.replace(/^\{|\}$/g, '').replace(/^\$/, '');
  let values: readonly unknown[] = [object];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(text);
    if (match === null) throw new OperationFailure(`cannot read the path ${path} at "${text.slice(at)}"`);
    const key = match[1] ?? match[2] ?? match[3]!;
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (key === '*') return Object.values(value);
      const next = (value as Readonly<Record<string, unknown>>)[key];
      return next === undefined ? [] : [next];
    });
  }
  return values;
}
