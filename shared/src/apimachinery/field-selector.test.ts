import { expect, it } from 'vitest';
import { fieldSelectorMatches, parseFieldSelector, requiredValue } from './field-selector.ts';

it.each([
  ['', true],
  ['spec.nodeName=a', true],
  ['spec.nodeName==a', true],
  ['spec.nodeName!=a', false],
  ['spec.nodeName!=', true],
  ['missing=', true],
  ['spec.nodeName=a,note=x\\,y\\=z', true],
  [',spec.nodeName=a,', true],
  ['both=x', true],
  ['both=y', true],
  ['both!=y', false],
  ['both!=z', true],
])('%j against the fields: %j', (text, matches) => {
  const fields = {
    'spec.nodeName': ({ node }: { node: string }) => node,
    note: () => 'x,y=z',
    both: () => ['x', 'y'],
  };
  expect(fieldSelectorMatches(parseFieldSelector(text), fields, { node: 'a' })).toBe(matches);
});

it.each([
  ['foo', "invalid selector: 'foo'; can't understand 'foo'"],
  ['a=b==c', 'invalid field selector: unescaped character in value: 61'],
  ['a=b\\x', 'invalid field selector: invalid escape sequence: \\x'],
])('%j is refused in the words of the real server', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(message);
});

it('tells the value that a field must have', () => {
  const selector = parseFieldSelector('metadata.name=a,status.phase!=Failed');
  expect(requiredValue(selector, 'metadata.name')).toBe('a');
  expect(requiredValue(selector, 'status.phase')).toBeUndefined();
});
