import { describe, expect, it } from 'vitest';
import { evaluate, expressionIn } from './expression.ts';

const VALUES: Record<string, [expression: string, value: unknown, over?: unknown]> = {
  'an expression handed to a function sees the bindings': ['map(&(@ + $n), @)', [3, 4], [1, 2]],
  'and those of a let around it': ['let $m = `10` in map(&(@ * $m + $n), @)', [12], [1]],
  'as in every function that takes one': [
    '[sort_by(@, &lookup($order, @)), max_by(@, &lookup($order, @)), min_by(@, &lookup($order, @)), keys(group_by(@, &concat($text, @)))]',
    [['b', 'a'], 'a', 'b', ['xa', 'xb']],
    ['a', 'b'],
  ],
  'a let hides no outer binding that is null or empty': ['let $a = `1` in [$none, $zero, $empty]', [null, 0, '']],
  'a number with a point may stand bare': [
    '[a > 2.5, a < -0.5, b[0], b[1:2]]',
    [true, false, 5, [6]],
    { a: 3, b: [5, 6] },
  ],
  'the language may be named': ['jp; a', 3, { a: 3 }],
};
const bindings = { n: 2, order: { a: 2, b: 1 }, text: 'x', none: null, zero: 0, empty: '' };

describe('evaluate', () => {
  it.each(Object.entries(VALUES))('%s', (_, [expression, value, over]) => {
    expect(evaluate(expression, over, bindings)).toEqual(value);
  });

  it('says what is wrong with another language', () => {
    expect(() => evaluate('cel; object.a == 1', {}, {})).toThrow(
      '(cel; object.a == 1): the language cel is not spoken here: write the expression in JMESPath, without "cel;"',
    );
  });

  it('takes empty parentheses for a text', () => {
    expect(['(a)', '()', 'a'].map(expressionIn)).toEqual(['a', undefined, undefined]);
  });
});
