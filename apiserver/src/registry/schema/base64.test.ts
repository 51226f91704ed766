import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Flaw, canonicalBase64 } from './base64.ts';

// Text, where Go's decoder gives up (undefined: it does not), the canonical form.
test.each([
  ['', undefined, ''],
  ['aGk=', undefined, 'aGk='],
  ['aG\nk=\n', undefined, 'aGk='],
  ['aGl=', undefined, 'aGk='],
  ['aGk', 0, undefined],
  ['aG k=', 2, undefined],
  ['!!', 0, undefined],
  ['a===', 1, undefined],
  ['aG==x', 4, undefined],
  ['aG=', 3, undefined],
  ['aGk=aGk=', 4, undefined],
  ['é', 0, undefined],
])('%j is given up at %s and written as %s', (text, flaw, canonical) => {
  expect(base64Flaw(text)).toBe(flaw);
  expect(canonicalBase64(text)).toBe(canonical);
});

test('every bytes come through', () => {
  fc.assert(
    fc.property(fc.base64String(), (text) => {
      expect(base64Flaw(text)).toBeUndefined();
      expect(Buffer.from(canonicalBase64(text)!, 'base64').equals(Buffer.from(text, 'base64'))).toBe(true);
    }),
  );
});
