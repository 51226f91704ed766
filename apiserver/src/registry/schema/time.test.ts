import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalMicroTime, canonicalTime } from './time.ts';

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'],
  ['2020-01-01T00:00:00.5+02:00', '2019-12-31T22:00:00Z'],
  ['2024-02-29T23:59:59-00:30', '2024-03-01T00:29:59Z'],
  ['2026-01-02T03:04:05.999999999Z', '2026-01-02T03:04:05Z'],
])('%s is %s', (text, canonical) => expect(canonicalTime(text)).toBe(canonical));

test.each([
  ['x', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
  ['2026-01-02', 'parsing time "2026-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
  ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
  ['2026-02-29T03:04:05Z', 'parsing time "2026-02-29T03:04:05Z": day out of range'],
  ['2026-01-02T24:04:05Z', 'parsing time "2026-01-02T24:04:05Z": hour out of range'],
  [
    '2026-01-02T03:04:05',
    'parsing time "2026-01-02T03:04:05" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "Z07:00"',
  ],
  ['2026-01-02T03:04:05Zx', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
])('%j is refused in the words of Go', (text, message) => expect(() => canonicalTime(text)).toThrow(message));

test.each([
  ['2026-01-02T03:04:05.678901Z', '2026-01-02T03:04:05.678901Z'],
  ['2026-01-02T03:04:05.000001+01:00', '2026-01-02T02:04:05.000001Z'],
])('%s is the moment %s', (text, canonical) => expect(canonicalMicroTime(text)).toBe(canonical));

test('a moment needs six decimals', () => {
  expect(() => canonicalMicroTime('2026-01-02T03:04:05Z')).toThrow('cannot parse "Z" as ".000000"');
  expect(() => canonicalMicroTime('2026-01-02T03:04:05.1234567Z')).toThrow('cannot parse "7Z" as "Z07:00"');
});

test('every time that is printed is canonical', () => {
  const day = { min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(day), (date) => {
      const text = date.toISOString().replace(/\.\d+Z$/, 'Z');
      expect(canonicalTime(text)).toBe(text);
    }),
  );
});
