import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countTextKeys, isTooDeep, JsonMembers, JsonNumber, readJsonText, type ExactJson } from './json-text.ts';

const plain = (value: ExactJson): unknown => {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof JsonMembers
    ? Object.fromEntries(value.members.map(([key, member]) => [key, plain(member)]))
    : value;
};

const keys = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce<number>(
        (sum, member) => sum + keys(member),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );

describe('readJsonText', () => {
  test('agrees with JSON.parse about every JSON text, and about the number of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(plain(readJsonText(text))).toEqual(JSON.parse(text));
        expect(countTextKeys(text)).toBe(keys(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('refuses exactly what JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'nul',
      '\\',
      '\\u00e9',
      ' ',
      '\n',
      'é',
    );
    const refuses = (read: (text: string) => unknown, text: string): boolean => {
      try {
        read(text);
        return false;
      } catch {
        return true;
      }
    };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        expect(refuses(readJsonText, text)).toBe(refuses(JSON.parse, text));
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps keys given twice and numbers as written', () => {
    const { members } = readJsonText('{"a":80.0,"a":8e1}') as JsonMembers;
    expect(members).toEqual([
      ['a', new JsonNumber('80.0')],
      ['a', new JsonNumber('8e1')],
    ]);
    expect(countTextKeys('{"a":{"b\\":":1,"b":"x:"},"a":[{"c" : 2}]}')).toBe(5);
  });

  test('reads ten thousand levels and no more', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => readJsonText(nested(10_000))).not.toThrow();
    expect(() => readJsonText(nested(10_001))).toThrow("invalid character '[' exceeded max depth");
    expect([isTooDeep(nested(10_000)), isTooDeep(nested(10_001)), isTooDeep(`"${nested(20_000)}"`)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});
