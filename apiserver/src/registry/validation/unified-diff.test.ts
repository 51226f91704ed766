import { expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

it('shows what changed with three lines around it', () => {
  const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 };
  expect(unifiedDiff(before, { ...before, e: 50 })).toBe(
    [
      '@@ -3,7 +3,7 @@',
      '  "b": 2,',
      '  "c": 3,',
      '  "d": 4,',
      '- "e": 5,',
      '+ "e": 50,',
      '  "f": 6,',
      '  "g": 7,',
      '  "h": 8',
      '',
    ].join('\n'),
  );
});

it('shows changes far apart in hunks of their own', () => {
  const list = Array.from({ length: 20 }, (_, index) => index);
  const diff = unifiedDiff(list, [100, ...list.slice(1, 19), 190]);
  expect(diff.match(/^@@ .* @@$/gm)).toEqual(['@@ -1,5 +1,5 @@', '@@ -18,5 +18,5 @@']);
});

it('says nothing of equal values', () => {
  expect(unifiedDiff({ a: 1 }, { a: 1 })).toBe('');
});
