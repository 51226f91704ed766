import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'examples/README.md'), 'utf8');
const blocks = [...README.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);

test.each(globSync('examples/*.test.ts', { cwd: ROOT }))('the README of the examples shows %s as it is run', (file) => {
  expect(blocks).toContain(readFileSync(join(ROOT, file), 'utf8'));
});

test('the README of the examples shows nothing that is not run', () => {
  expect(blocks).toHaveLength(globSync('examples/*.test.ts', { cwd: ROOT }).length);
});
