import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { simplifications, withSimplifications } from './simplifications.ts';

const root = join(import.meta.dirname, '../..');

test('docs/fidelity.md lists every simplification that the code names', () => {
  const all = simplifications(root);
  expect(all.length).toBeGreaterThan(40);
  const document = readFileSync(join(root, 'docs/fidelity.md'), 'utf8');
  // Out of date? Run: node test/meta/write-fidelity.ts
  expect(document).toBe(withSimplifications(document, all));
});
